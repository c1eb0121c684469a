// The focal point of a photo, set by a click on it or by the arrow keys; the two numbers beside it
// say the same, and the crops are shown as they would be cut.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const picture = document.querySelector(".focal-picture")
  const fields = { x: document.getElementById("id_focal_x"), y: document.getElementById("id_focal_y") }
  if (!picture || !fields.x || !fields.y) return
  const image = picture.querySelector("img")
  const crops = [...document.querySelectorAll(".focal-crops .crop")]
  const KEYS = { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowUp: ["y", -1], ArrowDown: ["y", 1] }

  const point = document.createElement("button")
  point.type = "button"
  point.className = "focal-point"
  picture.append(point)
  for (const crop of crops) {
    const cut = crop.querySelector("img")
    cut.src = image.src
    cut.classList.add("live")
  }

  const inside = (number) => Math.min(Math.max(Number(number) || 0, 0), 1)

  // The box is as near round the point as fits; `crop_box` of images.py cuts by the same rule.
  function positionOf(focal, whole, part) {
    return whole > part ? inside((focal * whole - part / 2) / (whole - part)) : 0.5
  }

  function show() {
    const at = { x: inside(fields.x.value), y: inside(fields.y.value) }
    const percent = { x: Math.round(at.x * 100), y: Math.round(at.y * 100) }
    for (const axis of ["x", "y"]) picture.style.setProperty(`--focal-${axis}`, `${at[axis] * 100}%`)
    const words = gettext("Focal point: %(x)s % from the left, %(y)s % from the top. Arrow keys move it.")
    const told = words.replace("%(x)s", percent.x).replace("%(y)s", percent.y)
    point.setAttribute("aria-label", told)
    const [width, height] = [image.naturalWidth, image.naturalHeight]
    if (!width) return
    for (const crop of crops) {
      const ratio = crop.classList.contains("crop-card") ? 3 / 2 : 1
      const x = positionOf(at.x, width, Math.min(width, height * ratio))
      const y = positionOf(at.y, height, Math.min(height, width / ratio))
      crop.querySelector("img").style.objectPosition = `${x * 100}% ${y * 100}%`
    }
  }

  function set(x, y) {
    fields.x.value = inside(x).toFixed(2)
    fields.y.value = inside(y).toFixed(2)
    show()
  }

  picture.addEventListener("click", (event) => {
    if (event.target === point) return
    const box = image.getBoundingClientRect()
    set((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height)
    point.focus()
  })
  point.addEventListener("keydown", (event) => {
    const move = KEYS[event.key]
    if (!move) return
    event.preventDefault()
    const [axis, direction] = move
    const at = { x: Number(fields.x.value), y: Number(fields.y.value) }
    at[axis] += direction * (event.shiftKey ? 0.1 : 0.01)
    set(at.x, at.y)
  })
  for (const field of Object.values(fields)) field.addEventListener("input", show)
  image.addEventListener("load", show)
  show()
})
