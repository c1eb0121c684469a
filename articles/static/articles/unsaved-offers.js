// Offers what this browser has kept of a story: take it back, see the difference, discard it.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("article_form")
  const place = document.getElementById("unsaved")
  if (!form || !place) return

  const { user, story, take } = place.dataset
  const tab = form.elements.tab.value
  const copies = window.browserCopies
  const FORGOTTEN = new Set([
    "csrfmiddlewaretoken",
    "tab",
    "taken_over",
    "kept_in_browser",
    "loaded_version",
    "loaded_revision",
  ])
  const ofForm = () => JSON.stringify([...new FormData(form)].filter(([name]) => !FORGOTTEN.has(name)).sort())
  const untouched = ofForm()
  const textOf = ({ fields }) => JSON.stringify(fields.filter(([name]) => !FORGOTTEN.has(name)).sort())

  function post(address, copy, target = "") {
    const sending = Object.assign(document.createElement("form"), { method: "post", action: address, target })
    const token = form.elements.csrfmiddlewaretoken.value
    for (const [name, value] of [...copy.fields, ["tab", copy.tab], ["csrfmiddlewaretoken", token]]) {
      sending.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }))
    }
    document.body.append(sending)
    sending.submit()
    sending.remove()
  }

  function offer(copy) {
    const box = place.querySelector("template").content.firstElementChild.cloneNode(true)
    box.dataset.tab = copy.tab
    const moment = new Date(copy.typedAt)
    const isToday = moment.toDateString() === new Date().toDateString()
    const words = { hour: "2-digit", minute: "2-digit", ...(isToday ? {} : { day: "numeric", month: "long" }) }
    box.querySelector("time").textContent = moment.toLocaleString([], words)
    box.querySelector("time").dateTime = moment.toISOString()
    box.querySelector(".take").addEventListener("click", () => post(place.dataset.typed, copy))
    box.querySelector(".compare")?.addEventListener("click", () => post(place.dataset.compare, copy, "_blank"))
    box.querySelector(".discard").addEventListener("click", () => {
      copies.remove(user, story, copy.tab)
      box.remove()
    })
    place.prepend(box)
  }

  // Both the desk and this browser may hold the text of one window: the newer one is offered.
  const isOfferedByDesk = (copy) => {
    const { keptAt } = place.querySelector(`form[data-of="${copy.tab}"]`)?.dataset ?? {}
    return keptAt && copy.typedAt < 1000 * (Number(keptAt) + 2)
  }

  function show() {
    for (const copy of copies.of(user, story).sort((a, b) => a.typedAt - b.typedAt)) {
      if ([tab, form.elements.taken_over.value].includes(copy.tab) || isOfferedByDesk(copy)) continue
      if (textOf(copy) === untouched) copies.remove(user, story, copy.tab)
      else if (copy.tab === take) return post(place.dataset.typed, copy)
      else {
        place.querySelector(`.unsaved-offer[data-tab="${copy.tab}"]`)?.remove()
        offer(copy)
      }
    }
  }

  place.querySelector(".unsaved-offer form")?.addEventListener("submit", async (event) => {
    event.preventDefault() // What is typed into the form below stays there.
    const asked = event.target
    const body = new FormData(asked)
    const response = await fetch(asked.action, { method: "POST", body, redirect: "manual" })
    if (response.type !== "opaqueredirect" && !response.ok) return asked.submit()
    copies.remove(user, story, body.get("tab"))
    asked.closest(".unsaved-offer").remove()
  })
  addEventListener("desk:text-moved", () => {
    for (const form of place.querySelectorAll("form[data-of]")) delete form.dataset.keptAt
    if (place.querySelector(".unsaved-offer")) show()
  })
  show()
})
