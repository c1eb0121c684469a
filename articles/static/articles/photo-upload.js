// Uploads many pictures, one request each, and says how far each has come.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("photo-upload")
  if (!form) return
  const input = form.querySelector("input[type=file]")
  const zone = form.querySelector(".drop-zone")
  const list = form.querySelector(".uploads")
  const status = form.querySelector(".upload-status")
  const next = form.querySelector(".upload-next")
  const waiting = []
  const numbers = new Set()
  const count = { all: 0, done: 0, refused: 0 }
  let isBusy = false

  for (const each of form.querySelectorAll(".without-script")) each.hidden = true
  for (const each of form.querySelectorAll(".with-script")) each.hidden = false

  function element(name, className, text = "") {
    const made = document.createElement(name)
    made.className = className
    made.textContent = text
    return made
  }

  function add(files) {
    for (const file of files) {
      if (count.all === Number(form.dataset.most)) {
        status.textContent = gettext("That is enough for one upload. Complete these first.")
        return
      }
      count.all += 1
      const row = element("li", "upload")
      const bar = document.createElement("progress")
      bar.max = 100
      bar.value = 0
      bar.setAttribute("aria-label", file.name)
      row.append(element("span", "upload-name", file.name), bar, element("div", "upload-said"))
      list.append(row)
      waiting.push({ file, row })
    }
    goOn()
  }

  async function goOn() {
    if (isBusy) return
    isBusy = true
    while (waiting.length) {
      const { file, row, anyway } = waiting.shift()
      show(file, row, await send(file, row.querySelector("progress"), anyway))
      tell()
    }
    isBusy = false
  }

  // XMLHttpRequest, for fetch does not say how much of the file has been sent.
  function send(file, bar, anyway) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest()
      const data = new FormData()
      data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value)
      data.append("pictures", file)
      if (anyway) data.append("anyway", "1")
      request.open("POST", form.action)
      request.setRequestHeader("Accept", "application/json")
      request.responseType = "json"
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) bar.value = (event.loaded / event.total) * 90
      })
      const failed = { errors: [gettext("The picture could not be sent. Try it again.")], again: true }
      request.addEventListener("load", () => resolve(request.response || failed))
      request.addEventListener("error", () => resolve(failed))
      request.send(data)
    })
  }

  function button(text, action) {
    const made = element("button", "", text)
    made.type = "button"
    made.addEventListener("click", action)
    return made
  }

  function again(file, row, anyway) {
    row.querySelector("progress").value = 0
    row.querySelector(".upload-said").replaceChildren()
    row.classList.remove("refused", "same")
    waiting.push({ file, row, anyway })
    goOn()
  }

  function picture(card) {
    const image = element("img", "thumbnail")
    image.src = card.thumbnail
    image.alt = ""
    return image
  }

  function show(file, row, answer) {
    const said = row.querySelector(".upload-said")
    row.querySelector("progress").value = 100
    if (answer.photo) {
      count.done += 1
      numbers.add(answer.photo.number)
      row.classList.add("done")
      const lines = [answer.photo.line, ...answer.photo.problems, ...answer.said]
      said.append(picture(answer.photo), ...lines.filter(Boolean).map((line) => element("p", "", line)))
    } else if (answer.same?.length) {
      row.classList.add("same")
      said.append(element("p", "", gettext("This picture is in the library already.")))
      for (const card of answer.same) {
        const use = button(`${gettext("Use it")}: ${card.name}`, () => {
          numbers.add(card.number)
          count.done += 1
          said.replaceChildren(picture(card), element("p", "", gettext("The one in the library is used.")))
          row.tabIndex = -1
          row.focus()
          tell()
        })
        said.append(picture(card), use)
      }
      said.append(button(`${gettext("Upload it again")}: ${file.name}`, () => again(file, row, true)))
    } else {
      count.refused += 1
      row.classList.add("refused")
      said.append(...answer.errors.map((error) => element("p", "errornote", error)))
      if (answer.again) {
        const retry = button(`${gettext("Try again")}: ${file.name}`, () => {
          count.refused -= 1
          again(file, row)
        })
        said.append(retry)
      }
    }
  }

  function tell() {
    const words = gettext("%(done)s of %(all)s pictures are in the library, %(refused)s were refused.")
    status.textContent = interpolate(words, count, true)
    next.hidden = numbers.size === 0
    next.querySelector("a").href = `${form.dataset.complete}?photos=${[...numbers].join(",")}`
  }

  input.addEventListener("change", () => {
    add(input.files)
    input.value = ""
  })
  form.addEventListener("submit", (event) => event.preventDefault())
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault()
      zone.classList.add("dropping")
    })
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("dropping"))
  zone.addEventListener("drop", (event) => {
    event.preventDefault()
    zone.classList.remove("dropping")
    add(event.dataTransfer.files)
  })
  window.addEventListener("beforeunload", (event) => {
    if (isBusy) event.preventDefault()
  })
})
