// One key for each action: presses the first visible thing on the page that carries the key in
// `data-key`. Never while typing, never with Ctrl, Alt or Meta. The button `data-shortcuts-switch`
// turns all of it off and on again (WCAG 2.2, 2.1.4), remembered on this device.

const STORE = "shortcuts";
const TYPING = "textarea, select, input:not([type=radio]):not([type=checkbox])";
const isOn = () => localStorage.getItem(STORE) !== "off";

function visible(element) {
  return !element.disabled && element.getClientRects().length > 0;
}

function press(element) {
  if (element.matches("input[type=radio], input[type=checkbox]")) element.focus();
  element.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !isOn()) return;
  if (event.target.closest(TYPING)) return;
  const wanted = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const found = [...document.querySelectorAll("[data-key]")].find(
    (element) => element.dataset.key === wanted && visible(element),
  );
  if (!found) return;
  event.preventDefault();
  press(found);
});

for (const control of document.querySelectorAll("[data-shortcuts-switch]")) {
  const show = () => control.setAttribute("aria-pressed", String(isOn()));
  control.hidden = false;
  control.addEventListener("click", () => {
    localStorage.setItem(STORE, isOn() ? "off" : "on");
    show();
  });
  show();
}

// The chosen entry of a long list is in sight when the page opens; the page itself stays in place.
for (const list of document.querySelectorAll("[data-scroll-to-current]")) {
  const entry = list.querySelector("[aria-current]")?.getBoundingClientRect();
  const frame = list.getBoundingClientRect();
  if (entry && entry.bottom > frame.bottom) list.scrollTop += entry.bottom - frame.bottom;
  if (entry && entry.right > frame.right) list.scrollLeft += entry.right - frame.right;
}
