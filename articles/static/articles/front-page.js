// Moves pinned stories by dragging; what the buttons do works without this.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const list = document.querySelector(".pinned")
  const save = document.querySelector("button[name=_save]")
  if (!list || !save) return
  let dragged = null
  let before = null

  for (const row of list.children) {
    const handle = document.createElement("span")
    handle.className = "drag-handle"
    handle.draggable = true
    handle.title = gettext("Drag to move")
    handle.setAttribute("aria-hidden", "true")
    handle.textContent = "⠿"
    row.prepend(handle)

    handle.addEventListener("dragstart", (event) => {
      dragged = row
      before = [...list.children]
      row.classList.add("dragged")
      event.dataTransfer.effectAllowed = "move"
      event.dataTransfer.setData("text/plain", "")
      event.dataTransfer.setDragImage(row, 0, 0)
    })
    handle.addEventListener("dragend", (event) => {
      row.classList.remove("dragged")
      dragged = null
      const isGivenUp = event.dataTransfer.dropEffect === "none"
      if (isGivenUp) list.append(...before)
      else if (before.some((one, place) => one !== list.children[place])) save.click()
    })
  }

  list.addEventListener("dragover", (event) => {
    if (!dragged) return
    event.preventDefault()
    const over = event.target.closest(".pinned > li")
    if (!over || over === dragged) return
    const box = over.getBoundingClientRect()
    const isBelow = event.clientY > box.top + box.height / 2
    list.insertBefore(dragged, isBelow ? over.nextElementSibling : over)
  })
  list.addEventListener("drop", (event) => event.preventDefault())
})
