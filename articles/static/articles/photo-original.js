// Reads a picture as soon as it is chosen: what its file says goes into the empty fields, and a
// picture that is in the library already is offered from there. Without it the server does both
// when the form is saved.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const input = document.querySelector("#photo_form #id_original")
  if (!input) return
  const form = input.form
  const isRead = form.elements.is_read
  const anyway = form.elements.anyway
  const said = document.createElement("div")
  said.className = "original-said"
  said.setAttribute("role", "status")
  input.after(said)
  const again = anyway?.closest(".form-row")
  if (again) again.hidden = !form.querySelector(".same-photo")
  const address = new URL(`${location.pathname.split("/photo/")[0]}/photo/read/`, location.href)
  const filled = new Map()

  function line(text, className = "") {
    const made = document.createElement("p")
    made.className = className
    made.textContent = text
    return made
  }

  // What a person typed stays; what another file said before does not.
  function fill(values) {
    const names = []
    for (const [name, value] of filled) {
      const field = form.elements[name]
      if (field.value === value) field.value = ""
    }
    filled.clear()
    for (const [name, value] of Object.entries(values)) {
      const field = form.elements[name]
      if (!field || field.value.trim()) continue
      field.value = Array.isArray(value) ? value.join(",") : value
      if (!field.value) continue // A licence we do not have.
      filled.set(name, field.value)
      field.dispatchEvent(new Event("change", { bubbles: true }))
      names.push(form.querySelector(`label[for="${field.id}"]`)?.textContent.replace(/:\s*$/, "") ?? name)
    }
    return names
  }

  function offer(cards) {
    if (!cards.length) return []
    const parts = [line(gettext("This picture is in the library already."))]
    for (const card of cards) {
      const link = document.createElement("a")
      link.className = "same-photo"
      link.href = card.address
      link.dataset.number = card.number
      const image = document.createElement("img")
      image.className = "thumbnail"
      image.src = card.thumbnail
      image.alt = ""
      link.append(image, ` ${gettext("Use it")}: ${card.name}`)
      parts.push(link)
    }
    return parts
  }

  input.addEventListener("change", async () => {
    isRead.value = ""
    anyway.checked = false
    const [file] = input.files
    said.replaceChildren()
    if (!file) return
    said.append(line(gettext("The picture is read…")))
    const data = new FormData()
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value)
    data.append("original", file)
    try {
      const answer = await fetch(address, { method: "POST", body: data })
      if (!answer.ok || answer.redirected) throw new Error(answer.status)
      const { values, said: sentences, same } = await answer.json()
      if (input.files[0] !== file) return
      const names = fill(values)
      const taken = names.length ? [`${gettext("Taken from the file:")} ${names.join(", ")}.`] : []
      said.replaceChildren(...[...taken, ...sentences].map((text) => line(text)), ...offer(same))
      isRead.value = "on"
      if (again) again.hidden = !same.length
    } catch {
      said.replaceChildren(line(gettext("The picture could not be read here; it is read when you save.")))
    }
  })

  // In the window that a story opened, the photo there is goes into the story.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".same-photo")
    if (!link || !window.opener || !form.elements._popup) return
    event.preventDefault()
    opener.dismissAddRelatedObjectPopup(window, link.dataset.number, link.textContent.trim())
  })
})
