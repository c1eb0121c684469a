// Searches the library of photos while one types; the page itself is fetched and its list shown.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const search = document.getElementById("changelist-search")
  const listed = document.getElementById("changelist-form")
  if (!search || !listed) return
  const input = search.querySelector("#searchbar")
  const status = document.createElement("p")
  status.className = "search-status"
  status.setAttribute("role", "status")
  search.after(status)
  const gettext = window.gettext || ((text) => text)
  let timer = 0
  let newest = 0

  async function show() {
    const mine = ++newest
    const address = `?${new URLSearchParams(new FormData(search))}`
    try {
      const answer = await fetch(address)
      if (!answer.ok || answer.redirected) throw new Error(answer.status)
      const page = new DOMParser().parseFromString(await answer.text(), "text/html")
      if (mine !== newest) return // Something else was typed meanwhile.
      const found = page.getElementById("changelist-form")
      for (const name of ["#result_list", ".paginator"]) replace(name, found)
      const number = listed.querySelectorAll("#result_list tbody tr").length
      status.textContent = number ? `${gettext("Photos shown:")} ${number}` : gettext("No photo is found by these words.")
      history.replaceState(null, "", address)
    } catch {
      if (mine === newest) status.textContent = gettext("The search cannot be reached. Press Enter to try it again.")
    }
  }

  // The list may be missing on either side: Django leaves out the table of an empty one.
  function replace(name, found) {
    const old = listed.querySelector(name)
    const fresh = found.querySelector(name)
    const outer = name === "#result_list" ? ".results" : name
    const place = old?.closest(outer)
    const brought = fresh?.closest(outer)
    if (place && brought) place.replaceWith(brought)
    else if (place) place.remove()
    else if (brought) listed.append(brought)
  }

  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(show, 250)
  }
  input.addEventListener("input", soon)
  if (input.value !== input.defaultValue) soon() // Typed before this script was there.

  // Django hears clicks only on the links that were there when the page was loaded.
  listed.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-popup-opener]")
    if (!link || event.defaultPrevented) return
    event.preventDefault()
    opener.dismissRelatedLookupPopup(window, link.dataset.popupOpener)
  })
})
