// Leaves a page at once: a click on `data-quick-exit`, or Escape three times within two seconds.
// The page is emptied first, and its place in the history is replaced, so that "back" does not
// return to it. Without script the link still leaves, but "back" returns.

const PRESSES = 3;
const WITHIN_MS = 2000;
const exit = document.querySelector("[data-quick-exit]");
let presses = [];

function leave() {
  document.title = "";
  document.documentElement.hidden = true;
  window.dispatchEvent(new Event("quick-exit"));
  location.replace(exit.href);
}

if (exit) {
  exit.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    presses = [...presses, event.timeStamp].slice(-PRESSES);
    if (presses.length === PRESSES && event.timeStamp - presses[0] < WITHIN_MS) leave();
  });
}
