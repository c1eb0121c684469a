// Shows the photo whose number stands in a field, as it changes.
"use strict"

{
  const $ = django.jQuery

  function show(chooser) {
    const number = chooser.querySelector("input").value
    const figure = chooser.querySelector("figure")
    const image = figure.querySelector("img")
    const line = figure.querySelector("figcaption")
    figure.hidden = !number
    if (!/^[0-9]+$/.test(number)) return
    fetch(`${chooser.dataset.library}${number}/card/`)
      .then((response) => (response.ok ? response.json() : null))
      .then((card) => {
        image.hidden = !(card && card.thumbnail)
        if (!image.hidden) image.src = card.thumbnail
        image.alt = card ? card.alt : ""
        const words = card ? [card.line, ...card.problems] : [gettext("There is no photo with this number.")]
        line.textContent = words.join(" ")
      })
  }

  $(() => {
    for (const chooser of document.querySelectorAll(".photo-chooser")) {
      show(chooser)
      // The popups of Django's admin report by jQuery's events, which others do not hear.
      $(chooser.querySelector("input")).on("change", () => show(chooser))
    }
  })
}
