// Beside a story while it is typed: how long text and headline are, which address it will have, and
// quotes and dashes set for all of it at once.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("article_form")
  const place = document.getElementById("writing")
  if (!form || !place) return
  const PAUSE_MS = 400
  const WORDS_PER_MINUTE = 220
  const SEARCH_HEADLINE = 60
  const SOCIAL_HEADLINE = 90
  const DESCRIPTION = 155
  const TYPED = ["headline", "standfirst", "teaser", "lead_caption"] // Set with the text itself.

  const length = document.getElementById("writing-length")
  const address = document.getElementById("writing-address")
  const status = document.getElementById("writing-status")
  const button = document.getElementById("set-typography")
  const field = (name) => form.elements[name]
  const language = () => field("language")?.value || document.documentElement.lang
  const say = (sentence) => (status.textContent = sentence)
  const show = (element, text) => {
    if (element.textContent !== text) element.textContent = text
  }
  place.hidden = false
  document.addEventListener("desk:told", ({ detail }) => say(detail))

  // How long it is

  function wordsIn(text) {
    let words = 0
    for (const part of new Intl.Segmenter(language(), { granularity: "word" }).segment(text)) {
      words += part.isWordLike ? 1 : 0
    }
    return words
  }

  function plainBody() {
    const body = new DOMParser().parseFromString(field("body").value, "text/html").body
    return [...body.querySelectorAll("p, h2, h3")].map((block) => block.textContent).join("\n")
  }

  function showLength() {
    const words = wordsIn(plainBody())
    const minutes = Math.max(1, Math.round(words / WORDS_PER_MINUTE))
    const sentence = interpolate(ngettext("%s word", "%s words", words), [words])
    const reading = interpolate(
      ngettext("%s minute to read", "%s minutes to read", minutes),
      [minutes],
    )
    show(length, words ? `${sentence}, ${reading}` : gettext("No words yet"))
  }

  const headlineSentence = (count) => {
    if (count > SOCIAL_HEADLINE) {
      return gettext("%s characters; search results cut after about 60, social cards after about 90")
    }
    return count > SEARCH_HEADLINE
      ? gettext("%s characters; search results cut after about 60")
      : gettext("%s characters; fits search results and social cards")
  }
  const descriptionSentence = (count) =>
    count > DESCRIPTION
      ? gettext("%s characters; search results and social cards cut after about 155")
      : gettext("%s characters; fits search results and social cards")

  function meterOf(name, fits, most, sentenceFor) {
    const input = field(name)
    if (!input) return () => {}
    const meter = document.createElement("meter")
    const line = document.createElement("span")
    const whole = document.createElement("p")
    Object.assign(meter, { min: 0, max: most, high: fits, optimum: 0 })
    meter.setAttribute("aria-hidden", "true") // The words beside it say the same.
    Object.assign(whole, { id: `length-of-${name}`, className: "length-hint" })
    whole.append(meter, line)
    input.after(whole)
    const described = input.getAttribute("aria-describedby")
    input.setAttribute("aria-describedby", [described, whole.id].filter(Boolean).join(" "))
    return () => {
      const count = [...input.value.trim()].length
      whole.hidden = !count
      meter.value = Math.min(count, most)
      show(line, interpolate(sentenceFor(count), [count]))
    }
  }
  const meters = [
    meterOf("headline", SEARCH_HEADLINE, 120, headlineSentence),
    meterOf("standfirst", DESCRIPTION, 300, descriptionSentence),
    meterOf("teaser", DESCRIPTION, 300, descriptionSentence),
  ]

  // Its address

  let asked = 0
  let shownFor = null
  async function showAddress() {
    const body = new FormData()
    for (const name of ["csrfmiddlewaretoken", "headline", "slug", "language"]) {
      body.set(name, field(name)?.value ?? "")
    }
    const wanted = JSON.stringify([...body])
    if (wanted === shownFor) return
    shownFor = wanted
    if (!body.get("headline") && !body.get("slug")) return show(address, "")
    const number = ++asked
    try {
      const answer = await fetch(place.dataset.address, { method: "POST", body, redirect: "manual" })
      if (!answer.ok || number !== asked) return
      const { address: text, twin } = await answer.json()
      const sentences = [interpolate(gettext("Address: %s"), [text])]
      if (twin) {
        sentences.push(interpolate(gettext("“%s”, of the same day, has the same words there."), [twin]))
      }
      show(address, sentences.join(" "))
    } catch {
      shownFor = null // Without the network the last address stands.
    }
  }

  let timer = 0
  const soon = () => {
    for (const measure of meters) measure()
    clearTimeout(timer)
    timer = setTimeout(() => {
      showLength()
      showAddress()
    }, PAUSE_MS)
  }
  form.addEventListener("input", soon)
  form.addEventListener("change", soon)
  soon()

  // Quotes and dashes

  function applied(text, edits) {
    const signs = [...text]
    for (const [start, end, now] of [...edits].reverse()) signs.splice(start, end - start, now)
    return signs.join("")
  }

  async function setTypography() {
    const editor = window.deskEditor?.("id_body")
    const fields = TYPED.map(field).filter(Boolean)
    const before = [...fields.map((input) => input.value), ...(editor?.texts() ?? [])]
    const body = new FormData()
    body.set("csrfmiddlewaretoken", field("csrfmiddlewaretoken").value)
    body.set("language", language())
    // Every line break of a form is sent as two characters; a stand-in keeps their number.
    for (const text of before) body.append("text", text.replaceAll("\n", "\ufffc"))
    const answer = await fetch(place.dataset.typography, { method: "POST", body, redirect: "manual" })
    if (!answer.ok) throw new Error(answer.statusText)
    const { edits } = await answer.json()
    const now = [...fields.map((input) => input.value), ...(editor?.texts() ?? [])]
    if (now.some((text, index) => text !== before[index]) || now.length !== before.length) {
      return gettext("You typed meanwhile. Set them once more.")
    }
    for (const [index, input] of fields.entries()) {
      if (!edits[index].length) continue
      input.value = applied(input.value, edits[index])
      input.dispatchEvent(new Event("input", { bubbles: true }))
      django.jQuery(input).trigger("change")
    }
    editor?.setSigns(edits.slice(fields.length))
    const count = edits.flat().length
    if (!count) return gettext("Quotes and dashes are set as the language of the story wants them.")
    return interpolate(ngettext("%s place was set.", "%s places were set.", count), [count])
  }

  button.addEventListener("click", async () => {
    button.disabled = true
    try {
      say(await setTypography())
    } catch {
      say(gettext("Nothing was set: the desk does not answer."))
    }
    button.disabled = false
    button.focus()
  })
})
