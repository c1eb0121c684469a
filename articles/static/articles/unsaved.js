// Asks before a story is left whose text was not saved.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("article_form")
  if (!form) return
  const typed = () => new URLSearchParams(new FormData(form)).toString()
  let before = null
  let isSaving = false

  // Not at once: the editor first puts the text into its own words.
  form.addEventListener("focusin", () => (before ??= typed()))
  form.addEventListener("submit", () => (isSaving = true))
  addEventListener("beforeunload", (event) => {
    if (before !== null && !isSaving && typed() !== before) event.preventDefault()
  })
})
