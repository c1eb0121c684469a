// Makes pages shown at a certain width as small as the room they have.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  for (const room of document.querySelectorAll(".preview-widths .preview-room")) {
    const frame = room.querySelector("iframe")
    const { width, height } = frame
    new ResizeObserver(() => {
      const scale = Math.min(1, room.clientWidth / width)
      frame.style.transform = `scale(${scale})`
      room.style.height = `${height * scale}px`
    }).observe(room)
    room.classList.add("scaled")
    room.removeAttribute("tabindex")
  }
})
