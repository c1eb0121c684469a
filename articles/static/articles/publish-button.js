// One button to publish, which says what it will do: now, or at the moment typed beside it.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const moment = document.getElementById("id_publish_at")
  const publish = document.querySelector("button[name=_publish]")
  const schedule = document.querySelector("button[name=_schedule]")
  if (!moment || !publish || !schedule) return

  const now = publish.textContent.trim()
  const place = moment.dataset.zone.split("/").pop().replaceAll("_", " ")
  const say = new Intl.DateTimeFormat(document.documentElement.lang || "en", {
    weekday: "long",
    day: "numeric",
    month: "long",
    timeZone: "UTC", // What is typed is told as it is, whatever the zone of this browser.
  })

  const inWords = (typed) => {
    const [day, time] = typed.split("T")
    const [year, month, date] = day.split("-").map(Number)
    const parts = say.formatToParts(new Date(Date.UTC(year, month - 1, date)))
    const part = (type) => parts.find((one) => one.type === type).value
    let when = `${part("weekday")} ${part("day")} ${part("month")}`
    if (year !== new Date().getFullYear()) when = `${when} ${year}`
    return interpolate(
      gettext("Schedule for %(time)s, %(day)s (%(place)s)"),
      { time: time.slice(0, 5), day: when, place },
      true,
    )
  }
  const show = () => {
    publish.name = moment.value ? "_schedule" : "_publish"
    publish.textContent = moment.value ? inWords(moment.value) : now
  }

  schedule.hidden = true
  moment.addEventListener("input", show)
  moment.addEventListener("change", show)
  show()
})
