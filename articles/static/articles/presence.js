// Tells the desk that a story is open here, and shows who else has it open.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("article_form")
  const place = document.getElementById("unsaved")
  if (!form || !place?.dataset.presence) return

  const EVERY = 15_000
  const HIDDEN_AT_MOST = 10 * 60_000
  const list = document.getElementById("presence")
  let hiddenSince = 0
  let timer = 0

  function body(more = {}) {
    const data = new FormData()
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1]
    data.set("csrfmiddlewaretoken", cookie ?? form.elements.csrfmiddlewaretoken.value)
    for (const name of ["tab", "loaded_version", "loaded_revision"]) data.set(name, form.elements[name].value)
    for (const [name, value] of Object.entries(more)) data.set(name, value)
    return data
  }

  function show(lines) {
    if ([...list.children].map((item) => item.textContent).join() === lines.join()) return
    list.replaceChildren(
      ...lines.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
    )
  }

  async function report() {
    clearTimeout(timer)
    if (hiddenSince && Date.now() - hiddenSince > HIDDEN_AT_MOST) return
    timer = setTimeout(report, EVERY)
    try {
      const response = await fetch(place.dataset.presence, { method: "POST", body: body(), redirect: "manual" })
      if (response.ok) show((await response.json()).lines)
    } catch {
      // Without a connection nobody can be told; the next report follows.
    }
  }

  document.addEventListener("visibilitychange", () => {
    const wasAway = hiddenSince && Date.now() - hiddenSince > EVERY
    hiddenSince = document.hidden ? Date.now() : 0
    if (wasAway && !document.hidden) report()
  })
  addEventListener("pagehide", () => {
    clearTimeout(timer)
    navigator.sendBeacon(place.dataset.presence, body({ leaving: "1" }))
  })
  addEventListener("pageshow", ({ persisted }) => persisted && report())
  report()
})
