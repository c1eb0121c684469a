// Keeps the list of what blocks publishing true while a story is written; saves nothing.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("article_form")
  const list = document.getElementById("blocking")
  if (!form || !list) return
  const PAUSE_MS = 1500
  let timer = 0
  let asked = 0

  const ask = async () => {
    const number = ++asked
    try {
      const answer = await fetch(list.dataset.address, { method: "POST", body: new FormData(form) })
      const text = answer.ok ? (await answer.text()).trim() : ""
      // Only when it says something new, so that it is not read out again and again.
      if (text && number === asked && text !== list.dataset.shown) {
        list.innerHTML = text
        list.dataset.shown = text
      }
    } catch {
      // Without the network the last list stands; whoever saves is told.
    }
  }
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(ask, PAUSE_MS)
  }

  form.addEventListener("input", soon)
  form.addEventListener("change", soon)
  document.addEventListener("desk:autosaved", soon)
  // The fields that select2 and the editor stand in for take the focus themselves.
  window.django?.jQuery?.(form).on("change", "select", soon)

  list.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']")
    if (!link) return
    const target = document.getElementById(link.hash.slice(1))
    const row = target?.closest(".form-row") ?? target
    const wanted = "[contenteditable=true], .select2-selection, input, select, textarea, button, a"
    const field = target?.checkVisibility() && target.matches(wanted) ? target : row?.querySelector(wanted)
    if (!field) return
    event.preventDefault()
    row.closest("details")?.setAttribute("open", "")
    field.focus()
    field.scrollIntoView({ block: "center" })
  })
})
