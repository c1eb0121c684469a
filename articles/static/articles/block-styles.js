// Headings, quotations, pull quotes and link cards, each by one button in words. With `forStories`
// off, what only stories may hold is left out.
import { Extension, updateAttrsDialog } from "django-prose-editor/editor"

const gettext = window.gettext || ((text) => text)

const askForCard = updateAttrsDialog(
  {
    href: { title: gettext("Address"), format: "url", required: true },
    text: { title: gettext("What is to be seen there"), required: true },
  },
  { title: gettext("Link card"), submitText: gettext("Place the card") },
)

const onlyClass = (name) => ({
  class: {
    default: null,
    keepOnSplit: false,
    parseHTML: (element) => (element.classList.contains(name) ? name : null),
    renderHTML: (attributes) => (attributes.class ? { class: attributes.class } : {}),
  },
})

const isPullQuote = (editor) => editor.isActive("blockquote", { class: "pullquote" })
const isLinkCard = (editor) => editor.isActive("paragraph", { class: "link-card" })

function toggleQuote(editor, wanted) {
  const chain = editor.chain().focus()
  if (!editor.isActive("blockquote")) chain.wrapIn("blockquote", { class: wanted }).run()
  else if (isPullQuote(editor) === Boolean(wanted)) chain.lift("blockquote").run()
  else chain.updateAttributes("blockquote", { class: wanted }).run()
}

async function toggleLinkCard(editor) {
  if (isLinkCard(editor)) {
    editor.chain().focus().updateAttributes("paragraph", { class: null }).run()
    return
  }
  const link = await askForCard(editor, {})
  if (!link) return
  const marks = [{ type: "link", attrs: { href: link.href } }]
  const content = [{ type: "text", text: link.text, marks }]
  const card = { type: "paragraph", attrs: { class: "link-card" }, content }
  editor.chain().focus().insertContent(card).run()
}

export const BlockStyles = Extension.create({
  name: "blockStyles",

  addOptions: () => ({ forStories: true }),

  addGlobalAttributes() {
    if (!this.options.forStories) return []
    return [
      { types: ["blockquote"], attributes: onlyClass("pullquote") },
      { types: ["paragraph"], attributes: onlyClass("link-card") },
    ]
  },

  addMenuItems({ buttons, menu }) {
    let priority = 100

    function define(groups, name, label, active, command, description = label) {
      priority -= 5
      const button = buttons.text(label, description)
      menu.defineItem({ name, groups, priority, button, active, command })
    }

    const isHeading = (level) => (editor) => editor.isActive("heading", { level })
    const toggleHeading = (level) => (editor) => editor.chain().focus().toggleHeading({ level }).run()
    const isText = (editor) => editor.isActive("paragraph")
    const setText = (editor) => editor.chain().focus().setParagraph().run()
    const isQuotation = (editor) => editor.isActive("blockquote") && !isPullQuote(editor)
    const quoteAs = (wanted) => (editor) => toggleQuote(editor, wanted)

    define("blockType", "paragraph", gettext("Text"), isText, setText)
    define("blockType", "heading2", gettext("Heading"), isHeading(2), toggleHeading(2))
    define("blockType", "heading3", gettext("Subheading"), isHeading(3), toggleHeading(3))
    define("nodes", "blockquote", gettext("Quotation"), isQuotation, quoteAs(null))
    if (!this.options.forStories) return
    define("nodes", "pullQuote", gettext("Pull quote"), isPullQuote, quoteAs("pullquote"),
      gettext("Pull quote: words of the story, set large"))
    define("nodes", "linkCard", gettext("Link card"), isLinkCard, toggleLinkCard,
      gettext("Link card: a video, post or page elsewhere"))
  },
})

// The label of the field belongs to a text area that the editor hides.
document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const label = textarea.labels[0]
  if (label) editor.view.dom.setAttribute("aria-label", label.textContent.replace(/:$/, ""))
})
