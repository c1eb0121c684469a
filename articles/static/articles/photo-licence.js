// Says under a choice of licences what the chosen one demands.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  for (const select of document.querySelectorAll("select[data-demands]")) {
    const demands = JSON.parse(select.dataset.demands)
    const help = document.getElementById(`${select.id}_helptext`)
    if (!help) continue
    const all = help.textContent
    help.setAttribute("aria-live", "polite")
    const tell = () => {
      help.textContent = demands[select.value] ?? all
    }
    select.addEventListener("change", tell)
    tell()
  }
})
