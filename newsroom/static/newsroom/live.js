// New entries of live coverage, offered as they come: nothing moves until the reader wants it to.
const EVERY_SECONDS = 20

const coverage = document.querySelector(".coverage[data-entries]")
if (coverage) follow(coverage)

function follow(coverage) {
  const list = coverage.querySelector(".entries")
  const status = coverage.querySelector(".new-entries")
  let waiting = []

  async function look() {
    if (document.hidden) return
    const asked = { credentials: "omit", cache: "no-cache" }
    const answer = await fetch(coverage.dataset.entries, asked).catch(() => null)
    if (!answer || !answer.ok) return
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const entries = [...page.querySelectorAll(".entry")]
    for (const entry of entries) replaceChanged(entry)
    removeTakenDown(entries)
    waiting = entries.filter((entry) => !document.getElementById(entry.id))
    offer()
  }

  function replaceChanged(entry) {
    const shown = document.getElementById(entry.id)
    if (shown && shown.dataset.changed !== entry.dataset.changed) shown.replaceWith(entry.cloneNode(true))
  }

  function removeTakenDown(entries) {
    if (!entries.length) return
    const known = new Set(entries.map((entry) => entry.id))
    const oldest = momentOf(entries.at(-1))
    for (const shown of list.querySelectorAll(".entry")) {
      if (!known.has(shown.id) && momentOf(shown) > oldest) shown.remove()
    }
  }

  function offer() {
    if (!waiting.length) return status.replaceChildren()
    const words = waiting.length === 1 ? status.dataset.one : status.dataset.many.replace("%s", waiting.length)
    if (status.textContent === words) return
    const button = document.createElement("button")
    button.textContent = words
    button.addEventListener("click", show)
    status.replaceChildren(button)
  }

  function show() {
    const first = waiting[0]
    for (const entry of waiting.reverse()) insert(entry)
    waiting = []
    offer()
    first.tabIndex = -1
    first.focus()
  }

  function insert(entry) {
    const shown = [...list.querySelectorAll(".entry")]
    const earlier = shown.find((other) => momentOf(other) <= momentOf(entry))
    list.insertBefore(entry, earlier || null)
  }

  const momentOf = (entry) => Date.parse(entry.querySelector("time").dateTime)

  setInterval(look, EVERY_SECONDS * 1000)
  document.addEventListener("visibilitychange", look)
}
