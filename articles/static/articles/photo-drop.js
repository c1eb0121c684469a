// A picture pasted or dropped into the text is uploaded to the library and placed where it was
// dropped. Where that fails the text stays as it is, and the reason is said below it.
import { Extension, Plugin } from "django-prose-editor/editor"

const gettext = window.gettext || ((text) => text)
const UPLOAD = "/admin/articles/photo/upload/"

function line(text) {
  const made = document.createElement("p")
  made.textContent = text
  return made
}

function button(text, action) {
  const made = document.createElement("button")
  made.type = "button"
  made.textContent = text
  made.addEventListener("click", action)
  return made
}

function link(card, text) {
  const made = document.createElement("a")
  made.href = card.address
  made.target = "_blank"
  made.textContent = text
  return made
}

function thumbnail(card) {
  const made = document.createElement("img")
  made.className = "thumbnail"
  made.src = card.thumbnail
  made.alt = card.alt
  return made
}

const pictures = (transfer) =>
  [...(transfer?.files ?? [])].filter((file) => file.type.startsWith("image/"))

// Word and browsers put a picture of what is copied beside its text: the text is what is meant.
function hasWords(transfer) {
  const html = transfer.getData("text/html")
  const page = new DOMParser().parseFromString(html, "text/html")
  return page.body.textContent.trim() !== "" || transfer.getData("text/plain").trim() !== ""
}

async function upload(file, anyway) {
  const data = new FormData()
  data.set("csrfmiddlewaretoken", document.querySelector("input[name=csrfmiddlewaretoken]")?.value)
  data.set("pictures", file)
  if (anyway) data.set("anyway", "1")
  const answer = await fetch(UPLOAD, {
    method: "POST",
    body: data,
    headers: { Accept: "application/json" },
    redirect: "error",
  })
  if (answer.status === 403) {
    return { errors: [gettext("You may not upload photos. Ask the photo desk, or sign in again.")] }
  }
  if (!answer.ok) throw new Error(answer.statusText)
  return answer.json()
}

export const PhotoDrop = Extension.create({
  name: "photoDrop",

  addStorage: () => ({ places: new Set() }),

  // Somebody may type on while a picture is on its way.
  onTransaction({ transaction }) {
    if (!transaction.docChanged) return
    for (const place of this.storage.places) place.at = transaction.mapping.map(place.at)
  },

  addProseMirrorPlugins() {
    const { editor, storage } = this
    let notices = null

    function noticeFor(file) {
      if (!notices) {
        notices = document.createElement("div")
        notices.className = "photo-drops"
        notices.setAttribute("role", "status")
        editor.view.dom.closest(".prose-editor").after(notices)
      }
      const notice = document.createElement("div")
      notice.className = "photo-drop"
      notice.append(line(`${file.name}: ${gettext("uploading…")}`))
      notices.append(notice)
      return notice
    }

    function insert(card, place) {
      if (editor.isDestroyed) return
      const at = editor.state.doc.resolve(Math.min(place.at, editor.state.doc.content.size))
      const isEmpty = at.depth === 1 && at.parent.content.size === 0
      const end = at.depth ? at.after(1) : at.pos
      const range = isEmpty ? { from: at.before(1), to: end } : end
      const attrs = { photo: String(card.number), caption: "" }
      editor.commands.insertContentAt(range, { type: "photoFigure", attrs })
    }

    function close(notice) {
      const shut = button(gettext("Close"), () => {
        notice.remove()
        editor.commands.focus()
      })
      notice.append(shut)
    }

    function done(card, said, place, notice) {
      insert(card, place)
      storage.places.delete(place)
      const lines = [...card.problems, ...said]
      if (!card.alt) lines.push(gettext("It has no alt text."))
      notice.replaceChildren(
        line(`${card.name}: ${gettext("placed in the text.")}`),
        ...lines.map(line),
        link(card, gettext("Complete its caption, credit and licence (in a new tab)")),
      )
      close(notice)
    }

    function offer(file, cards, place, notice) {
      notice.replaceChildren(
        line(`${file.name}: ${gettext("this picture is in the library already.")}`),
      )
      for (const card of cards) {
        const use = button(`${gettext("Use it")}: ${card.name}`, () => done(card, [], place, notice))
        notice.append(thumbnail(card), use)
      }
      notice.append(button(gettext("Upload it again"), () => take(file, place, notice, true)))
      close(notice)
    }

    async function take(file, place, notice, anyway) {
      notice.replaceChildren(line(`${file.name}: ${gettext("uploading…")}`))
      let answer
      try {
        answer = await upload(file, anyway)
      } catch {
        answer = {
          errors: [gettext("The picture could not be sent; the text is as it was. Try it again.")],
        }
      }
      if (answer.photo) done(answer.photo, answer.said, place, notice)
      else if (answer.same?.length) offer(file, answer.same, place, notice)
      else {
        storage.places.delete(place)
        notice.replaceChildren(...answer.errors.map((error) => line(`${file.name}: ${error}`)))
        close(notice)
      }
    }

    async function takeAll(files, at) {
      const waiting = files.map((file) => ({ file, place: { at }, notice: noticeFor(file) }))
      for (const { place } of waiting) storage.places.add(place)
      for (const { file, place, notice } of waiting) await take(file, place, notice, false)
    }

    return [
      new Plugin({
        props: {
          handlePaste(view, event) {
            const files = pictures(event.clipboardData)
            if (!files.length || hasWords(event.clipboardData)) return false
            takeAll(files, view.state.selection.to)
            return true
          },
          handleDrop(view, event) {
            const files = pictures(event.dataTransfer)
            if (!files.length) return false
            const found = view.posAtCoords({ left: event.clientX, top: event.clientY })
            event.preventDefault()
            takeAll(files, found ? found.pos : view.state.doc.content.size)
            return true
          },
        },
      }),
    ]
  },
})
