// Shows beside a story, once it is asked for, what is typed as readers would see it; saves nothing.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("article_form")
  const pane = document.getElementById("preview-pane")
  const opener = document.getElementById("preview-beside")
  if (!form || !pane || !opener) return
  const PAUSE_MS = 800
  const REMEMBERED = "desk-preview-width"

  const room = pane.querySelector(".preview-room")
  const frame = pane.querySelector("iframe")
  const line = document.getElementById("preview-status")
  const widths = [...pane.querySelectorAll("[data-width]")]
  let width = 390
  let timer = 0
  let asked = 0
  let shown = ""

  function fit() {
    const scale = Math.min(1, room.clientWidth / width)
    frame.style.width = `${width}px`
    frame.style.height = `${room.clientHeight / scale}px`
    frame.style.transform = `scale(${scale})`
  }

  function show(html) {
    if (html === shown) return
    shown = html
    const top = frame.contentDocument?.scrollingElement?.scrollTop ?? 0
    frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, top), { once: true })
    frame.srcdoc = html
  }

  async function refresh() {
    clearTimeout(timer)
    const number = ++asked
    let problem = ""
    try {
      const body = new FormData(form)
      const answer = await fetch(pane.dataset.address, { method: "POST", body, redirect: "manual" })
      if (number !== asked) return
      if (answer.ok) show(await answer.text())
      else problem = gettext("The preview shows an older text: you are signed out, or the desk does not answer.")
    } catch {
      problem = gettext("The preview shows an older text: there is no connection.")
    }
    if (line.textContent !== problem) line.textContent = problem
  }

  function soon() {
    if (pane.hidden) return
    clearTimeout(timer)
    timer = setTimeout(refresh, PAUSE_MS)
  }

  function choose(wanted) {
    width = wanted
    for (const button of widths) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.width) === wanted))
    }
    sessionStorage.setItem(REMEMBERED, String(wanted))
    fit()
  }

  function open(wanted) {
    pane.hidden = false
    opener.setAttribute("aria-expanded", "true")
    choose(wanted)
    refresh()
  }

  function close() {
    pane.hidden = true
    opener.setAttribute("aria-expanded", "false")
    sessionStorage.removeItem(REMEMBERED)
  }

  opener.hidden = false
  opener.addEventListener("click", () => {
    if (!pane.hidden) return close()
    open(width)
    pane.querySelector("button").focus({ preventScroll: true })
    pane.scrollIntoView({ block: "nearest" })
  })
  document.getElementById("preview-close").addEventListener("click", () => {
    close()
    opener.focus()
  })
  for (const button of widths) {
    button.addEventListener("click", () => choose(Number(button.dataset.width)))
  }
  new ResizeObserver(() => pane.hidden || fit()).observe(room)

  form.addEventListener("input", soon)
  // The widgets of Django's admin report by jQuery's events, which others do not hear.
  window.django?.jQuery?.(form).on("change", soon)
  document.addEventListener("desk:autosaved", soon)

  const remembered = Number(sessionStorage.getItem(REMEMBERED))
  if (widths.some((button) => Number(button.dataset.width) === remembered)) open(remembered)
})
