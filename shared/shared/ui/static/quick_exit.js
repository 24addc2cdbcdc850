// Leaves a page at once: a click on `data-quick-exit`, or Escape three times within two seconds.
// The page is emptied first, and its place in the history is replaced. Earlier pages of ours stay in
// the history, so the tab remembers that somebody left: going back to one of them shows nothing and
// leaves again; coming on purpose, by an address or a link, shows it. Runs before the page is drawn.
// What a page has to wipe it wipes on the event `quick-exit`. Without script the link still leaves,
// but "back" returns.

{
  const LEFT = "left";
  const PRESSES = 3;
  const WITHIN_MS = 2000;
  const away = document.currentScript.dataset.away;
  const tab = storage();
  let presses = [];

  // A browser that keeps nothing may refuse even this.
  function storage() {
    try {
      return sessionStorage;
    } catch {
      return null;
    }
  }

  const leave = () => {
    document.documentElement.hidden = true;
    document.title = "";
    dispatchEvent(new Event("quick-exit"));
    tab?.setItem(LEFT, "yes");
    location.replace(document.querySelector("[data-quick-exit]")?.href ?? away);
  };
  const hasLeft = () => tab?.getItem(LEFT) != null;

  const [arrival] = performance.getEntriesByType("navigation");
  if (hasLeft() && arrival?.type === "back_forward") leave();
  else tab?.removeItem(LEFT);

  addEventListener("pageshow", (event) => event.persisted && hasLeft() && leave());
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-quick-exit]")) return;
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    presses = [...presses, event.timeStamp].slice(-PRESSES);
    if (presses.length === PRESSES && event.timeStamp - presses[0] < WITHIN_MS) leave();
  });
}
