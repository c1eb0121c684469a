// A photo of the library in the text of a story: the text keeps its number and a caption for this
// place, nothing else; the server adds picture and credit when the story is shown.
import { Node, mergeAttributes, updateAttrsDialog } from "django-prose-editor/editor"

const gettext = window.gettext || ((text) => text)
const LIBRARY = "/admin/articles/photo/"

// Opens the library in a window of its own; gives the number of the photo chosen or uploaded there.
function choosePhoto() {
  return new Promise((resolve) => {
    const size = "height=768,width=1024,resizable=yes,scrollbars=yes"
    const popup = window.open(`${LIBRARY}?_to_field=id&_popup=1`, "photo_of_the_text", size)
    const usual = {
      lookup: window.dismissRelatedLookupPopup,
      add: window.dismissAddRelatedObjectPopup,
    }
    const answer = (otherwise) => (win, number, ...rest) => {
      if (win !== popup) return otherwise(win, number, ...rest)
      window.dismissRelatedLookupPopup = usual.lookup
      window.dismissAddRelatedObjectPopup = usual.add
      win.close()
      resolve(number)
    }
    window.dismissRelatedLookupPopup = answer(usual.lookup)
    window.dismissAddRelatedObjectPopup = answer(usual.add)
    popup.focus()
  })
}

const ask = updateAttrsDialog(
  {
    photo: {
      title: gettext("Number of the photo"),
      format: "number",
      min: 1,
      required: true,
      picker: {
        label: gettext("Choose from the library"),
        handler: async ({ input }) => {
          input.value = await choosePhoto()
        },
      },
    },
    caption: {
      title: gettext("Caption here"),
      description: gettext("When empty: the photo's own."),
      format: "textarea",
    },
  },
  { title: gettext("Photo"), submitText: gettext("Place the photo") },
)

function showCard(figure, photo, caption) {
  const image = document.createElement("img")
  const line = document.createElement("figcaption")
  line.textContent = caption || `${gettext("Photo")} ${photo}`
  figure.replaceChildren(image, line)
  image.hidden = true
  fetch(`${LIBRARY}${photo}/card/`)
    .then((response) => (response.ok ? response.json() : null))
    .then((card) => {
      if (!card) {
        line.textContent = `${gettext("Photo")} ${photo}: ${gettext("not in the library")}`
        return
      }
      image.src = card.thumbnail
      image.alt = card.alt
      image.hidden = !card.thumbnail
      line.textContent = [caption || card.line, ...card.problems].join(" ")
    })
}

export const PhotoFigure = Node.create({
  name: "photoFigure",
  group: "block",
  atom: true,
  draggable: true,

  addAttributes() {
    return {
      photo: {
        default: null,
        parseHTML: (element) => element.dataset.photo,
        renderHTML: ({ photo }) => ({ "data-photo": photo }),
      },
      caption: {
        default: "",
        parseHTML: (element) => element.dataset.caption || "",
        renderHTML: ({ caption }) => (caption ? { "data-caption": caption } : {}),
      },
    }
  },

  parseHTML: () => [{ tag: "figure[data-photo]" }],
  renderHTML: ({ HTMLAttributes }) => ["figure", mergeAttributes(HTMLAttributes)],

  addNodeView() {
    return ({ node }) => {
      const dom = document.createElement("figure")
      dom.className = "photo-card"
      let shown = ""
      const update = (changed) => {
        if (changed.type !== node.type) return false
        const now = JSON.stringify(changed.attrs)
        if (now !== shown) showCard(dom, changed.attrs.photo, changed.attrs.caption)
        shown = now
        return true
      }
      update(node)
      return { dom, update, ignoreMutation: () => true }
    }
  },

  addCommands() {
    return {
      editPhotoFigure:
        () =>
        ({ editor, state }) => {
          const selected = state.selection.node
          const attributes = selected?.type.name === this.name ? selected.attrs : {}
          ask(editor, attributes).then((attrs) => {
            if (attrs) editor.chain().focus().insertContent({ type: this.name, attrs }).run()
          })
          return true
        },
    }
  },

  // A word processor's inline styles would be refused by the content security policy, one by one.
  transformPastedHTML: (html) =>
    html.replace(/\s(?:style|on\w+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, ""),

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "photoFigure",
      groups: "nodes",
      priority: 40,
      button: buttons.text(gettext("Photo"), gettext("Photo from the library")),
      active: (editor) => editor.isActive("photoFigure"),
      command: (editor) => editor.commands.editPhotoFigure(),
    })
  },
})
