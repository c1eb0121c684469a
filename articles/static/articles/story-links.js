// Links without a title, to any page or to a story of ours that is found by words of its headline.
import { Extension, crel, updateAttrsDialog } from "django-prose-editor/editor"

const gettext = window.gettext || ((text) => text)
const STORIES = "/admin/articles/article/stories/"
const PAUSE = 250
let searches = 0

const ask = updateAttrsDialog(
  {
    href: {
      title: gettext("Address"),
      description: gettext("https://… or, for a story of ours, only /2022/07/25/…"),
      required: true,
    },
  },
  { title: gettext("Link"), submitText: gettext("Set the link") },
)

async function storiesFor(term, signal) {
  const answer = await fetch(`${STORIES}?${new URLSearchParams({ term })}`, { signal })
  if (!answer.ok) throw new Error(answer.statusText)
  return (await answer.json()).stories
}

// A field that offers stories below it; the one that is chosen goes into `input`.
function searchFor(input) {
  const id = `story-search-${++searches}`
  const list = crel("ul", { id: `${id}-list`, role: "listbox", hidden: true })
  list.setAttribute("aria-label", gettext("Stories"))
  const line = crel("p", { role: "status", className: "story-search-line" })
  const field = crel("input", {
    id,
    type: "search",
    autocomplete: "off",
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })
  const label = crel("label", { htmlFor: id, textContent: gettext("Or find a story of ours") })
  let stories = []
  let chosen = -1
  let timer = 0
  let asked = null

  function show(found) {
    stories = found
    list.replaceChildren(
      ...found.map((story, index) => {
        const option = crel("li", { id: `${id}-${index}`, role: "option" }, [
          crel("span", { textContent: story.headline }),
          crel("span", { className: "story-search-about", textContent: story.standing }),
        ])
        option.setAttribute("aria-selected", "false")
        option.addEventListener("mousedown", (event) => event.preventDefault())
        option.addEventListener("click", () => take(index))
        return option
      }),
    )
    list.hidden = !found.length
    field.setAttribute("aria-expanded", String(found.length > 0))
    point(-1)
  }

  function point(index) {
    chosen = index
    for (const [number, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(number === index))
    }
    const option = list.children[index]
    if (!option) return field.removeAttribute("aria-activedescendant")
    field.setAttribute("aria-activedescendant", option.id)
    option.scrollIntoView({ block: "nearest" })
  }

  function take(index) {
    const story = stories[index]
    input.value = story.address
    line.textContent = interpolate(gettext("The link leads to “%s”."), [story.headline])
    show([])
    input.focus()
  }

  async function search() {
    const term = field.value.trim()
    asked?.abort()
    asked = new AbortController()
    if (term.length < 2) {
      line.textContent = ""
      return show([])
    }
    try {
      const found = await storiesFor(term, asked.signal)
      show(found)
      line.textContent = found.length
        ? interpolate(ngettext("%s story", "%s stories", found.length), [found.length])
        : gettext("No story has these words in its headline.")
    } catch (error) {
      if (error.name === "AbortError") return
      show([])
      line.textContent = gettext("The desk does not answer. Type the address.")
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(search, PAUSE)
  })
  field.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 }
    if (event.key in steps && stories.length) {
      const many = stories.length
      point(chosen < 0 && event.key === "ArrowUp" ? many - 1 : (chosen + steps[event.key] + many) % many)
    } else if (event.key === "Enter") {
      if (chosen >= 0) take(chosen)
    } else if (event.key === "Escape" && stories.length) show([])
    else return
    event.preventDefault()
  })
  return crel("div", { className: "prose-editor-dialog-field story-search" }, [label, field, list, line])
}

function askForAddress(editor) {
  const answer = ask(editor, editor.getAttributes("link"))
  const input = editor.view.dom.parentElement.querySelector(".prose-editor-dialog [name=href]")
  input.closest(".prose-editor-dialog-field").after(searchFor(input))
  return answer
}

export const StoryLinks = Extension.create({
  name: "storyLinks",
  priority: 90, // After the editor's own link, whose dialog asks for a title that no story may hold.

  addCommands: () => ({
    addLink:
      () =>
      ({ editor }) => {
        if (editor.state.selection.empty && !editor.isActive("link")) return false
        askForAddress(editor).then((link) => {
          if (link) editor.chain().focus().extendMarkRange("link").setMark("link", link).run()
        })
        return true
      },
  }),
})
