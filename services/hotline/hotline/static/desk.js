// Answering by keys: the question that has the focus takes the digits beside its answers, and an
// answer by key goes on to the next question. Needs keyboard.js, which presses what carries a key.
// A picture that was uncovered leaves the page when its look has ended.

const form = document.querySelector("[data-desk]");

function give(question) {
  for (const answer of form.querySelectorAll("[data-digit]")) {
    const isHere = question.contains(answer);
    answer.toggleAttribute("data-key", isHere);
    if (isHere) answer.dataset.key = answer.dataset.digit;
  }
  form.querySelector("fieldset.current")?.classList.remove("current");
  question.classList.add("current");
}

function goOn(question) {
  const inSight = [...form.querySelectorAll("fieldset")].filter((q) => q.getClientRects().length);
  const next = inSight[inSight.indexOf(question) + 1];
  const target = next
    ? next.querySelector(":checked") ?? next.querySelector("input")
    : form.querySelector("[type=submit]");
  target.focus();
}

if (form) {
  form.addEventListener("focusin", (event) => {
    const question = event.target.closest("fieldset");
    if (question) give(question);
  });
  // keyboard.js clicks by script; the mouse and the arrow keys do not, and stay where they are.
  form.addEventListener("click", (event) => {
    if (event.isTrusted || !event.target.matches("[type=radio]")) return;
    goOn(event.target.closest("fieldset"));
  });
}

for (const picture of document.querySelectorAll("[data-seconds]")) {
  setTimeout(() => picture.querySelector("img")?.remove(), picture.dataset.seconds * 1000);
}
