// The desk of a line: the list of who waits and the messages of a conversation come by themselves.
// Each question hangs at the server until there is news; after a failure it is asked again, later
// and later, for as long as the page is open. Nothing is kept in the browser.

const LONGEST_PAUSE = 30000;

// The list is a piece of a page that our own server rendered and escaped.
const asIs = { createHTML: (html) => html };
const pieces = window.trustedTypes ? trustedTypes.createPolicy("pieces", asIs) : asIs;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function follow(ask) {
  let failures = 0;
  for (;;) {
    try {
      if ((await ask()) === false) return;
      failures = 0;
    } catch {
      failures += 1;
      await pause(Math.min(LONGEST_PAUSE, 1000 * 2 ** failures) * (0.5 + Math.random() / 2));
    }
  }
}

function address(path, parameters) {
  const url = new URL(path, location.href);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

async function get(url) {
  const answer = await fetch(url, { redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

for (const list of document.querySelectorAll("[data-list-news]")) {
  let known = "";
  follow(async () => {
    const answer = await get(address(list.dataset.listNews, { known }));
    if (answer.headers.get("X-Known") === known) return;
    known = answer.headers.get("X-Known");
    list.innerHTML = pieces.createHTML(await answer.text());
  });
}

const chat = document.querySelector("[data-news]");
const log = chat?.querySelector("[data-messages]");
const form = chat?.querySelector("[data-reply]");
const clock = new Intl.DateTimeFormat("nl-NL", { timeStyle: "short", timeZone: "Europe/Amsterdam" });

function show(message) {
  const row = document.createElement("li");
  row.className = `message ${message.author}`;
  const who = document.createElement("span");
  who.className = "who";
  who.textContent = `${log.dataset[message.author] ?? ""} · ${clock.format(new Date(message.sent_at))}`;
  const text = document.createElement("p");
  text.className = "typed";
  text.textContent = message.text;
  row.append(who, text);
  log.firstElementChild.append(row);
}

function followMessages() {
  let seq = Number(chat.dataset.seq);
  let known = `${chat.dataset.changes}.${seq}`;
  follow(async () => {
    const answer = await get(address(chat.dataset.news, { after: seq, known }));
    known = answer.headers.get("X-Known");
    const news = await answer.json();
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    for (const message of news.messages) {
      if (message.seq > seq) show(message);
      seq = Math.max(seq, message.seq);
    }
    if (atEnd) log.scrollTop = log.scrollHeight;
    if (String(news.news) !== chat.dataset.changes) return changed(news);
    return news.state === "active";
  });
}

// A form of the page is on its way, and where it leads is not to be overtaken by a reload.
let leaving = false;
document.addEventListener("submit", (event) => {
  if (event.target !== form) leaving = true;
});

// The state changed: the visitor answered a question, or left. What is being typed is never lost.
function changed(news) {
  if (!leaving && (!form || form.text.value === "")) location.reload();
  chat.dataset.changes = String(news.news);
  chat.querySelector("[data-ended]").hidden = news.state === "active";
  return news.state === "active";
}

async function send(body, status) {
  for (let tries = 0; ; tries += 1) {
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(form.action, { method: "POST", body, headers, redirect: "error" });
      if (answer.ok) return true;
      if (answer.status < 500) return false;
    } catch {
      // The connection is gone; the message has its own number, so trying again is safe.
    }
    status.textContent = status.dataset.failedText;
    await pause(Math.min(LONGEST_PAUSE, 1000 * 2 ** tries));
  }
}

if (form) {
  const status = form.querySelector("[data-sending]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    form.text.value = "";
    form.client_id.value = crypto.randomUUID();
    form.text.focus();
    status.textContent = status.dataset.sendingText;
    if (await send(body, status)) status.textContent = "";
    else location.reload();
  });
  form.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}

if (log) {
  log.scrollTop = log.scrollHeight;
  if (chat.dataset.state === "active") followMessages();
}
