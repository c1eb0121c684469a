// The focal point of a photo, set by a click on it; the two numbers beside it say the same.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const picture = document.querySelector(".focal-picture")
  const fields = { x: document.getElementById("id_focal_x"), y: document.getElementById("id_focal_y") }
  if (!picture || !fields.x || !fields.y) return

  function show() {
    for (const [axis, field] of Object.entries(fields)) {
      picture.style.setProperty(`--focal-${axis}`, `${Number(field.value) * 100}%`)
    }
  }

  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect()
    fields.x.value = ((event.clientX - box.left) / box.width).toFixed(2)
    fields.y.value = ((event.clientY - box.top) / box.height).toFixed(2)
    show()
  })
  for (const field of Object.values(fields)) field.addEventListener("input", show)
  show()
})
