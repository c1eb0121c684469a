// Quotation marks, apostrophes, dashes and points by the language of the story, while it is typed.
// Backspace right after one gives back what was typed; `desk:typography` sets the whole text.
import { Extension, InputRule, pm } from "django-prose-editor/editor"

const OPENS_AFTER = /[\s([{/–—-]$/
const ADDRESS = /(?:https?:\/\/|www\.)\S*$|\S+@\S*$/

const languageOf = () =>
  (document.getElementById("id_language")?.value || document.documentElement.lang).split("-")[0]

const endsWith = (sign) => (text) =>
  text.endsWith(sign) && !ADDRESS.test(text)
    ? { index: text.length - sign.length, text: sign, data: text.slice(0, -sign.length) }
    : null

// How many quotations of the paragraph have not ended before `text` ends.
function openIn(text, [opening, closing]) {
  const [first, last] = [opening.trim(), closing.trim()]
  const count = (mark) => text.split(mark).length - 1
  return first === last ? count(first) % 2 : count(first) - count(last)
}

export const TypographicSigns = Extension.create({
  name: "typographicSigns",

  addOptions: () => ({ rules: {} }),

  addInputRules() {
    const rule = () => this.options.rules[languageOf()] ?? this.options.rules.en

    function set(sign, replacement) {
      return new InputRule({
        find: endsWith(sign),
        handler: ({ state, range, match }) => {
          const now = replacement(match.data, rule())
          if (now === null) return null
          state.tr.insertText(now, range.from, range.to)
        },
      })
    }

    const begins = (before, quotes) => {
      const last = before.trimEnd().slice(-1)
      const isOpener = quotes.some((mark, place) => place % 2 === 0 && mark.trim() === last)
      const isCloser = quotes.some((mark, place) => place % 2 === 1 && mark.trim() === last)
      return before === "" || OPENS_AFTER.test(before) || (isOpener && !isCloser)
    }
    const double = (before, { quotes }) => {
      const [outside, inside] = [quotes.slice(0, 2), quotes.slice(2)]
      const isOutsideOpen = openIn(before, outside) > 0
      const isInsideOpen = inside[1] !== "’" && openIn(before, inside) > 0
      if (begins(before, quotes)) return (isOutsideOpen ? inside : outside)[0]
      if (isInsideOpen) return inside[1]
      if (isOutsideOpen) return outside[1]
      return null
    }
    const single = (before, { quotes }) => {
      if (begins(before, quotes)) return quotes[2]
      const isOpen = quotes[3] !== "’" && openIn(before, quotes.slice(2)) > 0
      return isOpen && /[.,!?…]$/.test(before) ? quotes[3] : "’"
    }

    return [
      set('"', double),
      set("'", single),
      set("--", (before) => (before === "" || /[\s-]$/.test(before) ? null : "—")),
      set("...", (before) => (before.endsWith(".") ? null : "…")),
      set(" - ", (before, { dash }) => (before ? ` ${dash} ` : null)),
      set(" -- ", (before, { dash }) => (before ? ` ${dash} ` : null)),
    ]
  },

  addCommands: () => ({
    // `edits` of each block of text, in the order of the document, as the desk answers them.
    setSigns:
      (edits) =>
      ({ state, tr }) => {
        const blocks = []
        state.doc.descendants((node, position) => {
          if (node.isTextblock) blocks.push({ node, position })
          return !node.isTextblock
        })
        let changes = 0
        for (const [index, { node, position }] of [...blocks.entries()].reverse()) {
          const signs = [...textOf(node)]
          const offset = (count) => position + 1 + signs.slice(0, count).join("").length
          for (const [start, end, now] of [...(edits[index] ?? [])].reverse()) {
            tr.insertText(now, offset(start), offset(end))
            changes += 1
          }
        }
        pm.history.closeHistory(tr) // Undone by itself, not with what was typed before.
        return changes > 0
      },
  }),
})

// Whatever is no text stands in for one character, as long as its place in the document.
const textOf = (node) => node.textBetween(0, node.content.size, "\ufffc", "\ufffc")

const editors = new Map()
document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  editors.set(textarea.id, editor)
})

// For scripts that are no modules: the texts of an editor's blocks, and how to change them.
window.deskEditor = (id) => {
  const editor = editors.get(id)
  if (!editor) return null
  return {
    texts() {
      const texts = []
      editor.state.doc.descendants((node) => {
        if (node.isTextblock) texts.push(textOf(node))
        return !node.isTextblock
      })
      return texts
    },
    setSigns: (edits) => editor.commands.setSigns(edits),
  }
}
