// Keeps what is typed: in this browser at once, at the desk after a pause and on leaving.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("article_form")
  const place = document.getElementById("unsaved")
  if (!form || !place) return

  const PAUSE = 2_500
  const LONGEST_PAUSE = 10_000
  const RETRIES = [3_000, 10_000, 30_000, 60_000]
  const KEEPALIVE_AT_MOST = 60_000 // Bytes; browsers refuse more from a page that is left.
  const NOT_TYPED = new Set(["csrfmiddlewaretoken", "tab", "taken_over", "kept_in_browser"])

  const { user, story } = place.dataset
  const tab = form.elements.tab.value
  const line = document.getElementById("kept-line")
  const copies = window.browserCopies

  const fieldsOf = () => [...new FormData(form)].filter(([name]) => !NOT_TYPED.has(name))
  const cookie = () => document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1]
  const time = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })

  let kept = "data-is-typed" in place.attributes ? null : JSON.stringify(fieldsOf())
  let inBrowser = kept
  let isSaving = false
  let submittedAt = 0
  let isSending = false
  let failures = 0
  let firstChange = 0
  let timer = 0
  let browserTimer = 0

  function say(text, signIn = false) {
    if (line.textContent === text && !signIn) return
    line.textContent = text
    if (!signIn) return
    const link = document.createElement("a")
    Object.assign(link, { href: place.dataset.signIn, target: "_blank" })
    link.textContent = gettext("Sign in, in a new window")
    line.append(" ", link)
  }

  function keepInBrowser() {
    clearTimeout(browserTimer)
    const fields = fieldsOf()
    const text = JSON.stringify(fields)
    if (text !== inBrowser && copies.write(user, story, tab, { fields })) inBrowser = text
    return text === inBrowser
  }

  function changed() {
    if (Date.now() - submittedAt > 3_000) isSaving = false // Whoever types on has not left.
    if (isSaving || JSON.stringify(fieldsOf()) === kept) return
    browserTimer ||= setTimeout(() => ((browserTimer = 0), keepInBrowser()), 300)
    firstChange ||= Date.now()
    failures = Math.min(failures, 1)
    plan(Math.max(0, Math.min(PAUSE, firstChange + LONGEST_PAUSE - Date.now())))
  }

  function plan(wait) {
    clearTimeout(timer)
    timer = setTimeout(send, wait)
  }

  function failed(sentence, { signIn = false, again = true } = {}) {
    const where = keepInBrowser() ? gettext("Your text stays in this browser.") : ""
    say(`${gettext("Not kept:")} ${sentence} ${where}`.trim(), signIn)
    if (again) plan(RETRIES[Math.min(failures++, RETRIES.length - 1)])
  }

  async function post({ isLeaving, takenOver }) {
    const body = new FormData(form)
    body.set("csrfmiddlewaretoken", cookie() ?? form.elements.csrfmiddlewaretoken.value)
    if (takenOver) body.set("taken_over", takenOver)
    const keepalive = Boolean(isLeaving) && JSON.stringify([...body]).length < KEEPALIVE_AT_MOST
    return fetch(place.dataset.autosave, { method: "POST", body, keepalive, redirect: "manual" })
  }

  async function send({ isLeaving = false, takenOver = form.elements.taken_over.value } = {}) {
    clearTimeout(timer)
    if (isSaving || (isSending && !isLeaving)) return
    const text = JSON.stringify(fieldsOf())
    if (text === kept) return
    keepInBrowser()
    firstChange = 0
    isSending = true
    let response = null
    try {
      response = await post({ isLeaving, takenOver })
    } catch {
      // No connection; said below.
    }
    isSending = false
    if (isSaving) return
    if (response === null) failed(gettext("no connection."))
    else if (response.type === "opaqueredirect" || [401, 403].includes(response.status)) {
      failed(gettext("you are signed out."), { signIn: true })
    } else if (response.status === 413) failed(gettext("the text is too long."), { again: false })
    else if (response.status === 404) failed(gettext("the story is no longer there."), { again: false })
    else if (!response.ok) failed(gettext("the desk does not answer."))
    else answered(await response.json(), text)
  }

  function answered({ kept: isKept, at, other }, text) {
    failures = 0
    if (!isKept) {
      // Another window of ours has kept a text there. It moves into this browser, to be offered.
      if (copies.write(user, story, other.tab, other)) {
        dispatchEvent(new Event("desk:text-moved"))
        send({ takenOver: other.tab })
      } else failed(gettext("you typed in another window too; save there first."))
      return
    }
    kept = text
    copies.remove(user, story, form.elements.taken_over.value)
    say(interpolate(gettext("Draft kept at %s"), [at]))
    form.dispatchEvent(new CustomEvent("desk:autosaved", { bubbles: true, detail: { at } }))
    if (JSON.stringify(fieldsOf()) !== kept) changed()
  }

  // The widgets of Django's admin report by jQuery's events, which others do not hear.
  django.jQuery(form).on("input change", changed)
  document.addEventListener("formset:added", changed)
  document.addEventListener("formset:removed", changed)
  addEventListener("online", () => plan(0))
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) send({ isLeaving: true })
  })
  addEventListener("pagehide", () => send({ isLeaving: true }))
  addEventListener("pageshow", () => (isSaving = false))

  form.addEventListener("submit", (event) => {
    isSaving = true
    submittedAt = Date.now()
    setTimeout(() => event.defaultPrevented && (isSaving = false))
    clearTimeout(timer)
    form.elements.csrfmiddlewaretoken.value = cookie() ?? form.elements.csrfmiddlewaretoken.value
    inBrowser = null
    form.elements.kept_in_browser.value = keepInBrowser() ? "1" : ""
  })

  if (kept === null) plan(500)
})
