// A revealed picture hides again by itself: when the window loses focus, when the tab is left,
// and with one key. Revealing is a form that the server logs first; this only ever hides.

for (const picture of document.querySelectorAll("[data-revealed]")) {
  const control = picture.querySelector("[data-hide]");
  const set = (hidden) => {
    picture.classList.toggle("covered", hidden);
    control?.setAttribute("aria-pressed", String(hidden));
  };
  if (control) {
    control.hidden = false;
    control.addEventListener("click", () => set(!picture.classList.contains("covered")));
  }
  window.addEventListener("blur", () => set(true));
  document.addEventListener("visibilitychange", () => document.hidden && set(true));
}
