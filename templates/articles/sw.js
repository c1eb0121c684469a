// Keeps the stories a reader asks to keep. The network comes first; what is kept stands in for it.
"use strict"

const STORE = "kept"
const MOST_STORIES = 50
const WAIT_MS = 4000
const at = (rest) => new RegExp(`^(/[a-z]{2,3}(-[a-z]+)?)?/${rest}`)
const STORY = at("\\d{4}/\\d\\d/\\d\\d/[\\w-]+-a\\d+$")
const LIST = at("offline$")
const LEFT_ALONE = at("(admin|contribute|newsletter|preview|search)(/|$)")
const FILE = /^\/(static|media)\//
const NAMED = /(?:<link rel="stylesheet"[^>]*\shref|<script[^>]*\ssrc|<img[^>]*\ssrcset)="(\/[^" ]+)/g
const PARTS = /<html( .*?)>.*<h1>(.*?)<\/h1>/s // Language, headline.
const ROOM = "<ul data-kept>" // In the list.

let isWeak = false // The last page had to be a kept one: its files wait for no network.

const pathOf = ({ url }) => new URL(url).pathname
const kept = (path) => caches.match(path, { cacheName: STORE })
const textOf = async (path) => (await kept(path)).text()
const kindOf = (path) => path.replace(/^(\/media\/\d+\/[a-z]+-).*/, "$1") // One of all sizes will do.
const mayBeKept = ({ ok, headers }) => ok && !/no-store/.test(headers.get("Cache-Control"))
const ask = (path, cache = "no-cache") => fetch(path, { credentials: "omit", cache })

addEventListener("install", () => skipWaiting())

addEventListener("message", (event) => {
  const tell = (isKept) => event.ports[0].postMessage(isKept)
  event.waitUntil(keep(event.data).then(tell, () => tell(false)))
})

addEventListener("fetch", (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== "GET" || origin !== location.origin || LEFT_ALONE.test(pathname)) return
  if (request.mode === "navigate") event.respondWith(page(event, pathname))
  else if (FILE.test(pathname)) event.respondWith(file(request, pathname))
})

async function page(event, path) {
  const copy = await kept(path)
  const asked = fetch(event.request)
  if (copy && !event.request.url.includes("?")) {
    const learnt = asked.then((answer) => answer.status ? answer.clone() : ask(path)) // 0: it moved.
    event.waitUntil(learnt.then(async (answer) => await kept(path) && take(path, answer), () => {}))
  }
  const tooLong = new Promise((_, fail) => copy && setTimeout(fail, WAIT_MS))
  try {
    const answer = await Promise.race([asked, tooLong])
    isWeak = copy && answer.status >= 500
    if (!isWeak) return answer.ok && LIST.test(path) ? await shown(answer) : answer
  } catch {
    isWeak = true
  }
  const list = (await allKept()).findLast((one) => LIST.test(one))
  return shown(copy || await kept(list), " hidden data-copy")
}

async function file(request, path) {
  const fresh = !isWeak && await fetch(request).catch(() => null)
  return fresh || await copyOf(path) || fetch(request)
}

async function allKept() {
  const cache = await caches.has(STORE) && await caches.open(STORE)
  return cache ? (await cache.keys()).map(pathOf) : []
}

async function copyOf(path) {
  const like = (await allKept()).find((other) => kindOf(other) === kindOf(path))
  return await kept(path) || like && kept(like)
}

async function keep({ story, list, pictures }) {
  await take(list, await ask(list))
  return take(story, await ask(story), pictures)
}

// The store follows what the network says of a page.
async function take(asked, answer, pictures = []) {
  const cache = await caches.open(STORE)
  const path = pathOf(answer)
  const isKept = mayBeKept(answer) && (STORY.test(path) || LIST.test(path))
  if (path !== asked && isKept || [404, 410].includes(answer.status)) await cache.delete(asked)
  const html = isKept ? await answer.text() : ""
  if (isKept) await cache.put(path, new Response(html, answer))
  await sweep(cache)
  for (const one of pictures.concat(Array.from(html.matchAll(NAMED), (found) => found[1]))) {
    if (!FILE.test(one) || !html.includes(one) || await copyOf(one)) continue
    const got = await ask(one, "default").catch(() => null)
    if (got && mayBeKept(got)) await cache.put(one, got)
  }
  return isKept
}

// The stories taken last stay, and only the files that kept pages name.
async function sweep(cache) {
  const paths = await allKept()
  const old = paths.filter((path) => STORY.test(path)).slice(0, -MOST_STORIES)
  let html = ""
  for (const path of paths) {
    if (old.includes(path)) await cache.delete(path)
    else if (!FILE.test(path)) html += await textOf(path)
  }
  for (const path of paths) if (FILE.test(path) && !html.includes(path)) await cache.delete(path)
}

// A page; if it is the list, with the stories that are kept.
async function shown(answer, mark = "") {
  const html = (await answer.text()).replace(mark, "")
  let rows = ""
  for (const path of html.includes(ROOM) ? await allKept() : []) {
    const found = STORY.test(path) && PARTS.exec(await textOf(path))
    if (found) rows = `<li${found[1]}><a href="${path}">${found[2]}</a></li>${rows}`
  }
  return new Response(html.replace(ROOM, () => ROOM + rows), answer)
}
