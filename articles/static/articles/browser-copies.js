// What was typed and not saved, kept in this browser: a copy for each window of each story.
// Copies go when their text is saved, when they are discarded, on logging out, and with time.
"use strict"

window.browserCopies = (() => {
  const BEGINNING = "desk:unsaved:"
  const OLDEST = 30 * 24 * 3600 * 1000
  const keyOf = (user, story, tab) => `${BEGINNING}${user}:${story}:${tab}`

  function all(beginning = BEGINNING) {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(beginning))
        .map((key) => ({ key, tab: key.split(":").pop(), ...JSON.parse(localStorage[key]) }))
    } catch {
      return [] // Storage may be switched off.
    }
  }

  // Whether the copy is there now; a full or closed storage refuses it.
  function write(user, story, tab, { fields, typedAt = Date.now() }) {
    try {
      localStorage.setItem(keyOf(user, story, tab), JSON.stringify({ fields, typedAt }))
      return true
    } catch {
      return false
    }
  }

  function remove(keys) {
    for (const key of keys) localStorage.removeItem(key)
  }

  // The server names, in a cookie, the windows whose text it has saved.
  function forgetSaved() {
    const cookie = document.cookie.match(/(?:^|; )saved_windows="?([^;"]*)/)
    if (!cookie) return
    const saved = new Set(decodeURIComponent(cookie[1]).split("."))
    remove(all().filter(({ tab }) => saved.has(tab)).map(({ key }) => key))
    document.cookie = "saved_windows=; path=/admin/; max-age=0"
  }

  const forgetOld = () =>
    remove(all().filter(({ typedAt }) => !(typedAt > Date.now() - OLDEST)).map(({ key }) => key))

  forgetSaved()
  forgetOld()
  addEventListener("submit", ({ target }) => {
    if (target.id === "logout-form" || /\/logout\/$/.test(target.action)) remove(all().map(({ key }) => key))
  })

  return {
    write,
    of: (user, story) => all(`${BEGINNING}${user}:${story}:`),
    remove: (user, story, tab) => remove([keyOf(user, story, tab)]),
  }
})()
