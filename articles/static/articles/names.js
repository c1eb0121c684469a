// Gives fields of Django's admin a name that is spoken: rows of tables, and lists to search in.
"use strict"

{
  const words = (element) => element?.textContent.trim().replace(/[?:]$/, "") ?? ""

  const headingOf = (field) => {
    const cell = field.closest("td")
    const table = cell?.closest("table")
    const row = table?.querySelector("thead tr")
    return cell ? words(row?.children[[...cell.parentElement.children].indexOf(cell)]) : ""
  }

  const nameOf = (field) => words(field.labels?.[0]) || headingOf(field)

  const nameAll = () => {
    const bare = ".tabular td :is(input:not([type=hidden]), select, textarea):not([aria-label])"
    for (const field of document.querySelectorAll(bare)) {
      if (!field.labels?.length && headingOf(field)) {
        field.setAttribute("aria-label", headingOf(field))
      }
    }
    for (const heading of document.querySelectorAll("th.original:empty")) {
      const hidden = document.createElement("span")
      hidden.className = "visually-hidden"
      hidden.textContent = words(heading.closest(".inline-group")?.querySelector("h2"))
      heading.append(hidden)
    }
    for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
      const shown = select.nextElementSibling
      const box = shown?.querySelector("[role=combobox]")
      const value = shown?.querySelector(".select2-selection__rendered")
      const name = nameOf(select)
      if (!box || !name) continue
      shown.querySelector(".select2-search__field")?.setAttribute("aria-label", name)
      if (!select.multiple && value && !value.dataset.named) {
        value.dataset.named = "1"
        value.removeAttribute("role") // The box is the field; this is what stands in it.
        value.removeAttribute("aria-readonly")
        const label = document.createElement("span")
        label.id = `${value.id}-name`
        label.className = "visually-hidden"
        label.textContent = name
        shown.append(label)
        box.setAttribute("aria-labelledby", `${label.id} ${value.id}`)
      }
    }
    const search = document.getElementById("searchbar")
    const image = search?.closest("form").querySelector("label[for=searchbar] img")
    if (image) search.setAttribute("aria-label", image.alt)
  }

  // After Django's own scripts, which make the lists as soon as the page is ready.
  window.addEventListener("load", () => {
    const $ = window.django?.jQuery
    if ($) $(() => setTimeout(nameAll))
    else nameAll()
  })
  document.addEventListener("formset:added", () => setTimeout(nameAll))
}
