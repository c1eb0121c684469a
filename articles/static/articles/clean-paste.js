// What is pasted from Word, Google Docs, mail or a page goes by way of the desk, which keeps its
// structure and takes off the rest. When the desk does not answer, the editor keeps what it knows.
import { Extension, Plugin } from "django-prose-editor/editor"

const gettext = window.gettext || ((text) => text)
const ADDRESS = "/admin/articles/article/paste/"
const LONGEST_WAIT = 5_000
const OWN = "data-pm-slice" // Copied in an editor of ours.

// By patterns, for even a document that is never shown would apply the styles in it.
const UNSEEN = /<!--[\s\S]*?-->|<(style|script|title|xml)\b[\s\S]*?<\/\1>/gi
const hasWords = (html) => /[^\s>]/.test(html.replace(UNSEEN, "").replace(/<[^>]*>|&nbsp;/g, ""))

// For the editor: Google Docs puts all into one bold element that says it is not bold.
const bare = (html) =>
  html
    .replace(UNSEEN, "")
    .replace(/<b\b[^>]*(?:font-weight:\s*normal|docs-internal-guid)[^>]*>/gi, "<span>")
    .replace(/<(?:img|meta|link|v:\w+)\b[^>]*>/gi, "")
    .replace(/\s(?:style|class|on\w+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, "")
    .replace(/<(\/?)h1\b/gi, "<$1h2")
    .replace(/<(\/?)h[4-6]\b/gi, "<$1h3")

function tell(sentence) {
  document.dispatchEvent(new CustomEvent("desk:told", { detail: sentence }))
}

// Pictures that stand in the text itself would only make it long; the desk drops pictures anyway.
const withoutEmbedded = (html) => html.replace(/\bsrc\s*=\s*(["'])data:[^"']*\1/gi, 'src="#"')

async function cleaned(html) {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? ""
  const body = new FormData()
  body.set("html", withoutEmbedded(html))
  const answer = await fetch(ADDRESS, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": token },
    redirect: "error",
    signal: AbortSignal.timeout(LONGEST_WAIT),
  })
  if (!answer.ok) throw new Error(answer.statusText)
  return answer.json()
}

function leftOut({ pictures, notes }) {
  const sentences = [gettext("Pasted.")]
  if (pictures) {
    const sentence = ngettext(
      "%s picture was left out: upload it to the library and place it from there.",
      "%s pictures were left out: upload them to the library and place them from there.",
      pictures,
    )
    sentences.push(interpolate(sentence, [pictures]))
  }
  if (notes) {
    sentences.push(
      interpolate(ngettext("%s note was left out.", "%s notes were left out.", notes), [notes]),
    )
  }
  return sentences.join(" ")
}

export const CleanPaste = Extension.create({
  name: "cleanPaste",
  priority: 50, // After whoever takes files.

  addStorage: () => ({ waiting: new Set(), isOurs: false }),

  // Somebody may type on, or go elsewhere, while the desk answers.
  onTransaction({ transaction }) {
    if (!transaction.docChanged && !transaction.selectionSet) return
    for (const paste of this.storage.waiting) {
      paste.from = transaction.mapping.map(paste.from, -1)
      paste.to = Math.max(paste.from, transaction.mapping.map(paste.to, -1))
      paste.hasMoved = true
    }
  },

  // The editor reads a paste before it asks who takes it.
  transformPastedHTML: (html) => (html.includes(OWN) ? html : bare(html)),

  addProseMirrorPlugins() {
    const { editor, storage } = this

    function place(paste, html) {
      storage.waiting.delete(paste)
      if (editor.isDestroyed) return
      const { view } = editor
      const { selection } = view.state
      const end = view.state.doc.content.size
      const caret = paste.hasMoved ? { from: selection.from, to: selection.to } : null
      if (caret) editor.commands.setTextSelection({ from: paste.from, to: paste.to })
      storage.isOurs = true
      view.pasteHTML(html)
      storage.isOurs = false
      if (!caret) return
      const longer = view.state.doc.content.size - end
      const moved = (position) => (position >= paste.to ? position + longer : position)
      editor.commands.setTextSelection({ from: moved(caret.from), to: moved(caret.to) })
    }

    async function cleanAndPlace(html) {
      const { from, to } = editor.state.selection
      const paste = { from, to, hasMoved: false }
      storage.waiting.add(paste)
      tell(gettext("Cleaning what you pasted…"))
      let answer = null
      try {
        answer = await cleaned(html)
      } catch {
        // No connection, signed out, too long: what the editor itself keeps of it is placed.
      }
      place(paste, answer ? answer.html : html)
      tell(
        answer
          ? leftOut(answer)
          : gettext("Pasted as the editor reads it, for the desk does not answer. Look it over."),
      )
    }

    return [
      new Plugin({
        props: {
          handlePaste(view, event) {
            const html = event?.clipboardData?.getData("text/html") ?? ""
            if (storage.isOurs || view.input?.shiftKey || !html || html.includes(OWN)) return false
            if (!hasWords(html)) return false // A picture, for whoever takes those.
            cleanAndPlace(html)
            return true
          },
        },
      }),
    ]
  },
})
