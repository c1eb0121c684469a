// Shows amounts and total as the server draws them for what is chosen; without this, a button does.

const form = document.querySelector(".giving form");
const CHOICES = ["frequency", "currency", "amount", "other_amount", "cover_fee"];
let latest;

form.classList.add("is-live");
form.addEventListener("change", (event) => {
  if (CHOICES.includes(event.target.name)) show();
});
// Whoever was quicker than this script has chosen something else already.
if ([...form.querySelectorAll("input")].some((input) => input.checked !== input.defaultChecked)) show();

async function show() {
  latest?.abort();
  latest = new AbortController();
  const sent = new FormData(form);
  sent.set("step", "show");
  try {
    const body = new URLSearchParams(sent);
    const answer = await fetch(form.action, { method: "POST", body, signal: latest.signal });
    if (answer.ok) draw(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch (error) {
    if (error.name !== "AbortError") form.classList.remove("is-live");
  }
}

// Whoever comes back from Stripe by the back button finds this form, not a new one.
form.addEventListener("submit", () => {
  history.replaceState(null, "", `?back=${encodeURIComponent(form.elements.form_token.value)}`);
});

function draw(page) {
  const focused = document.activeElement?.id;
  const typed = document.querySelector("#other_amount").value;
  for (const place of ["#amounts", ".total"]) {
    form.querySelector(place).replaceChildren(...page.querySelector(place).childNodes);
  }
  if (focused === "other_amount") document.querySelector("#other_amount").value = typed;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  // The style sheet hides a total that is not of what is chosen.
  for (const input of form.querySelectorAll("input")) input.defaultChecked = input.checked;
  for (const option of form.querySelectorAll("option")) option.defaultSelected = option.selected;
}
