// Adds notes beside a story without leaving the page, where text may stand that is not saved.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("desk-note-form")
  const list = document.getElementById("desk-notes")
  if (!form || !list) return
  const key = `desk-note ${form.action}`
  const text = () => list.querySelector("textarea")

  text().value ||= sessionStorage.getItem(key) ?? ""
  list.addEventListener("input", () => sessionStorage.setItem(key, text().value))

  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const typed = text().value
    const isNew = !event.submitter?.hasAttribute("formaction")
    const address = isNew ? form.action : event.submitter.formAction
    try {
      const answer = await fetch(address, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Requested-With": "fetch" },
      })
      if (answer.redirected || ![200, 422].includes(answer.status)) throw new Error(answer.status)
      list.innerHTML = await answer.text()
      if (isNew && answer.ok) sessionStorage.removeItem(key)
      else text().value = typed
      text().focus()
    } catch {
      const alert = document.createElement("p")
      alert.className = "errornote"
      alert.setAttribute("role", "alert")
      alert.textContent = gettext("The note could not be sent. It stays here; try again.")
      list.querySelector(".errornote")?.remove()
      list.prepend(alert)
    }
  })
})
