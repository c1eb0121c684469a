// Keys of the form of a story, and the list of all keys.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("article_form")
  const list = document.getElementById("shortcuts")
  const opener = document.getElementById("shortcuts-open")
  if (!form || !list) return

  const isSave = (event) =>
    (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "s"
  // By the place of the key, for with Alt some keyboards type another sign there.
  const isAlt = (event, code) =>
    event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey &&
    !event.getModifierState("AltGraph") && event.code === code

  const presses = [
    [isSave, () => form.querySelector("button[name=_save]")],
    [(event) => isAlt(event, "KeyP"), () => document.getElementById("preview-beside")],
    [(event) => isAlt(event, "KeyK"), () => opener],
  ]

  opener.addEventListener("click", () => list.showModal())
  document.getElementById("shortcuts-close").addEventListener("click", () => list.close())
  document.addEventListener("keydown", (event) => {
    const press = presses.find(([isPressed]) => isPressed(event))
    if (!press) return
    event.preventDefault()
    if (event.repeat || document.querySelector("dialog[open]")) return
    const button = press[1]()
    if (button && !button.disabled) button.click()
  })
})
