// What the public pages do beyond their HTML. Nothing here is needed to read, to find or to give,
// nothing asks another host before a reader does, and nothing that is on the page moves.
"use strict"

const all = (selector, root = document) => [...root.querySelectorAll(selector)]
const first = (selector) => document.querySelector(selector)
const language = document.documentElement.lang

// Times within a week say how long ago they were; paper gets the date.
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]]
const WEEK = 7 * 86400

function tellHowLongAgo() {
  const words = new Intl.RelativeTimeFormat(language)
  for (const time of all("time[data-relative]")) {
    time.title ||= time.textContent
    const seconds = Math.round((Date.now() - Date.parse(time.dateTime)) / 1000)
    const isRecent = seconds >= 0 && seconds < WEEK
    const [unit, length] = UNITS.find(([, length]) => seconds >= length) || UNITS.at(-1)
    time.textContent = isRecent ? words.format(-Math.floor(seconds / length), unit) : time.title
  }
}

function tellDates() {
  for (const time of all("time[data-relative][title]")) time.textContent = time.title
}

// Old stories say so, in room that is kept for it.
function tellAge(notice) {
  const then = new Date(notice.dataset.since)
  const now = new Date()
  const begun = (now.getFullYear() - then.getFullYear()) * 12 + now.getMonth() - then.getMonth()
  const months = now.getDate() < then.getDate() ? begun - 1 : begun
  if (months < Number(notice.dataset.months)) return
  const [count, unit] = months < 12 ? [months, "month"] : [Math.floor(months / 12), "year"]
  const words = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" })
  notice.textContent = notice.dataset.says.replace("{age}", words.format(count))
  notice.hidden = false
}

// What stands elsewhere is shown here once a reader asks for it.
function offerFrame(button) {
  button.hidden = false
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe")
    const card = button.closest(".embed")
    frame.title = card.querySelector("a").textContent
    frame.referrerPolicy = button.dataset.referrer || "no-referrer"
    frame.sandbox = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    frame.allow = "fullscreen; picture-in-picture; encrypted-media"
    frame.src = button.dataset.frame
    button.replaceWith(frame)
    card.classList.add("is-open")
    frame.focus()
  })
}

function offer(button, act) {
  if (!button) return
  button.hidden = false
  button.addEventListener("click", () => act(button))
}

async function copyAddress(button) {
  await navigator.clipboard.writeText(button.dataset.copy)
  const before = button.textContent
  button.textContent = button.dataset.done
  setTimeout(() => { button.textContent = before }, 4000)
}

function share({ dataset }) {
  navigator.share({ title: dataset.title, url: dataset.share }).catch(() => {}) // Thought better of.
}

// New entries of live coverage are offered as they come, and shown when the reader wants them.
const LOOK_EVERY_MS = 20_000

function follow(coverage) {
  const list = coverage.querySelector(".entries")
  const status = coverage.querySelector(".new-entries")
  const momentOf = (entry) => Date.parse(entry.querySelector("time").dateTime)
  let waiting = []

  async function look() {
    if (document.hidden) return
    const asked = { credentials: "omit", cache: "no-cache" }
    const answer = await fetch(coverage.dataset.entries, asked).catch(() => null)
    if (!answer || !answer.ok) return
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const entries = all(".entry", page)
    for (const entry of entries) replaceChanged(entry)
    removeTakenDown(entries)
    waiting = entries.filter((entry) => !document.getElementById(entry.id))
    offerWaiting()
  }

  function replaceChanged(entry) {
    const shown = document.getElementById(entry.id)
    if (shown && shown.dataset.changed !== entry.dataset.changed) shown.replaceWith(entry.cloneNode(true))
  }

  function removeTakenDown(entries) {
    if (!entries.length) return
    const known = new Set(entries.map((entry) => entry.id))
    const oldest = momentOf(entries.at(-1))
    for (const shown of all(".entry", list)) {
      if (!known.has(shown.id) && momentOf(shown) > oldest) shown.remove()
    }
  }

  function offerWaiting() {
    if (!waiting.length) return status.replaceChildren()
    const { one, many } = status.dataset
    const words = waiting.length === 1 ? one : many.replace("%s", waiting.length)
    if (status.textContent === words) return
    const button = document.createElement("button")
    button.textContent = words
    button.addEventListener("click", show)
    status.replaceChildren(button)
  }

  function show() {
    const newest = waiting[0]
    for (const entry of waiting.reverse()) insert(entry)
    waiting = []
    offerWaiting()
    newest.tabIndex = -1
    newest.focus()
  }

  function insert(entry) {
    const earlier = all(".entry", list).find((other) => momentOf(other) <= momentOf(entry))
    list.insertBefore(entry, earlier || null)
  }

  setInterval(look, LOOK_EVERY_MS)
  document.addEventListener("visibilitychange", look)
}

// Names that begin as what is typed: a list to choose from; typing on and Enter search as ever.
const TYPING_MS = 200

function complete(form) {
  const field = form.querySelector("[name=q]")
  const list = document.createElement("ul")
  let timer = 0
  let asked = ""

  Object.assign(list, { id: `${field.id}_list`, role: "listbox", ariaLabel: form.dataset.names, hidden: true })
  list.className = "suggestions"
  field.after(list)
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id })) {
    field.setAttribute(name, value)
  }
  show([])

  async function ask() {
    const typed = asked = field.value.trim()
    if (typed.length < 2) return show([])
    const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(typed.slice(0, 60))}`, { credentials: "omit" }).catch(() => null)
    const found = answer?.ok ? (await answer.json()).suggestions : []
    if (typed === asked && document.activeElement === field) show(found)
  }

  function show(found) {
    list.replaceChildren(...found.map((one, number) => {
      const row = document.createElement("li")
      Object.assign(row, { id: `${list.id}_${number}`, role: "option", textContent: one.text })
      if (one.theme) row.append(Object.assign(document.createElement("small"), { textContent: ` ${form.dataset.theme}` }))
      row.addEventListener("mousedown", (event) => event.preventDefault()) // The field keeps the focus.
      row.addEventListener("click", () => { location.href = one.address })
      return row
    }))
    list.hidden = !found.length
    field.setAttribute("aria-expanded", !list.hidden)
    choose(null)
  }

  function choose(row) {
    for (const one of list.children) one.setAttribute("aria-selected", one === row)
    if (row) field.setAttribute("aria-activedescendant", row.id)
    else field.removeAttribute("aria-activedescendant")
    row?.scrollIntoView({ block: "nearest" })
  }

  field.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(ask, TYPING_MS)
  })
  field.addEventListener("blur", () => show([]))
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return
    const rows = [...list.children]
    const at = rows.findIndex((row) => row.ariaSelected === "true")
    const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? rows.length - 1 : at - 1 }[event.key]
    if (next !== undefined) choose(rows[next] || null)
    else if (event.key === "Escape") show([])
    else if (event.key === "Enter" && at >= 0) rows[at].click()
    else return
    event.preventDefault()
  })
}

// Stories are kept for those who ask; until then nothing is registered or stored.
function offerKeeping(box) {
  const workers = navigator.serviceWorker
  const status = box.querySelector("[role=status]")
  const say = (state) => { status.textContent = box.dataset[state] }
  let work = Promise.resolve()

  function on(name, act) {
    box.querySelector(`[data-${name}]`)?.addEventListener("click", () => {
      status.textContent = "…"
      work = work.then(act).then(say).catch(() => say("failed"))
    })
  }

  on("keep", async () => {
    const { active, waiting, installing } = await workers.register(box.dataset.worker)
    const { port1, port2 } = new MessageChannel()
    const pictures = all("img").map((one) => new URL(one.currentSrc || one.src).pathname)
    const told = new Promise((done) => { port1.onmessage = done })
    const worker = active || waiting || installing
    worker.postMessage({ story: location.pathname, list: box.dataset.list, pictures }, [port2])
    return (await told).data ? "kept" : "failed"
  })

  on("remove", async () => {
    for (const one of await workers.getRegistrations()) await one.unregister()
    for (const name of await caches.keys()) await caches.delete(name)
    first("ul[data-kept]")?.replaceChildren()
    return "removed"
  })

  box.hidden = false
  if (workers.controller) caches.match(location.pathname).then((copy) => copy && say("kept"))
}

tellHowLongAgo()
setInterval(tellHowLongAgo, 60_000)
addEventListener("beforeprint", tellDates)
addEventListener("afterprint", tellHowLongAgo)
all(".age[data-since]").forEach(tellAge)
all("button[data-frame]").forEach(offerFrame)
all(".coverage[data-entries]").forEach(follow)
all("form[data-suggest]").forEach(complete)
if (navigator.serviceWorker) all(".offline").forEach(offerKeeping)
offer(first("button[data-print]"), () => print())
if (navigator.clipboard) offer(first("button[data-copy]"), copyAddress)
if (navigator.share) offer(first("button[data-share]"), share)
