// The conversation in one page. The secret is in the memory of this tab and in sessionStorage, so
// that a reload goes on with it; it is in no address, no cookie and nothing that outlives the tab.
// News comes over a WebSocket, else as a stream that is asked for with POST. After a cut everything
// since the last message is asked for, so nothing is lost; a message has a number of its own, so
// sending it again is sending it once.

const STORE = "conversation";
const LONGEST_PAUSE = 30000;
const SILENCE = 60000;

const root = document.querySelector("[data-chat]");
const before = document.querySelector("[data-before]");
const documents = JSON.parse(root.dataset.documents);
const find = (name) => root.querySelector(`[data-${name}]`);
const log = find("messages");
const reply = find("reply");
const box = reply.querySelector("textarea");
const text = (name) => root.dataset[`text${name[0].toUpperCase()}${name.slice(1)}`];
const filled = (sentence, values) =>
  Object.entries(values).reduce((done, [name, value]) => done.replace(`{${name}}`, value), sentence);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const clock = new Intl.DateTimeFormat("nl-NL", { timeStyle: "short", timeZone: "Europe/Amsterdam" });
const LINES = { helpline: "HELPLINE", prevention: "PREVENTION" };

let held = null;
let seq = 0;
let state = "";
let socketFailures = 0;
const waiting = new Map();

class Refused extends Error {}

async function ask(name, variables) {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ documentId: documents[name], variables }),
  });
  const body = await answer.json();
  const code = body.errors?.[0]?.extensions?.code;
  if (code === "SERVICE_UNAVAILABLE") throw new Error(code);
  if (code) throw new Refused(code);
  return Object.values(body.data)[0];
}

const mine = () => ({ line: LINES[held.line], secret: held.secret });

// --- what is shown ---

function show(message) {
  const shown = waiting.get(message.clientId);
  waiting.delete(message.clientId);
  if (shown) shown.remove();
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  log.firstElementChild.append(row(message.author.toLowerCase(), message.text, clock.format(new Date(message.sentAt))));
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function row(author, words, note) {
  const item = document.createElement("li");
  item.className = `message ${author}`;
  const who = document.createElement("span");
  who.className = "who";
  who.textContent = `${text(author)} · ${note}`;
  const body = document.createElement("p");
  body.className = "typed";
  body.textContent = words;
  item.append(who, body);
  return item;
}

function tell(sentence) {
  const status = find("status");
  if (status.textContent !== sentence) status.textContent = sentence;
}

function stateWords(news) {
  if (news.state === "ACTIVE") return text("active");
  if (news.state === "CLOSED") return text("closed");
  if (news.state === "MISSED") return text("missed");
  const place =
    news.position <= 1
      ? text("next")
      : news.position === 2
        ? text("one")
        : filled(text("position"), { count: news.position - 1 });
  const wait = news.waitFrom ? ` ${filled(text("wait"), { low: news.waitFrom, high: news.waitTo })}` : "";
  return place + wait;
}

function take(news) {
  for (const message of news.messages) {
    if (message.seq > seq) show(message);
    seq = Math.max(seq, message.seq);
  }
  state = news.state;
  tell(stateWords(news));
  const ended = state === "CLOSED" || state === "MISSED";
  reply.hidden = ended;
  find("actions").hidden = ended;
  if (ended) sessionStorage.removeItem(STORE);
  showHandover(news.handover);
}

function showHandover(offer) {
  find("handover").hidden = !offer || offer.link !== "";
  find("go-on").hidden = !offer || offer.link === "";
  if (!offer) return;
  const line = text(offer.line);
  const title = find("handover-title");
  title.textContent = filled(title.dataset.text, { line });
  for (const scope of ["none", "summary", "transcript"]) {
    find(`handover-${scope}`).hidden = offer.scope.toLowerCase() !== scope;
  }
  find("summary").textContent = offer.summary;
  const link = find("go-on-link");
  link.textContent = filled(link.dataset.text, { line });
  link.href = root.dataset.language === "en" ? `/en/chat/${offer.line}` : `/chat/${offer.line}`;
  link.onclick = () => sessionStorage.setItem("handover", offer.link);
  const answer = (agrees) => ask("answer_handover", { ...mine(), id: offer.id, agrees });
  find("agree").onclick = () => answer(true);
  find("refuse").onclick = () => answer(false);
}

// --- what comes ---

function bySocket() {
  return new Promise((done) => {
    const address = new URL("/graphql", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address, "graphql-transport-ws");
    const say = (message) => socket.send(JSON.stringify(message));
    let heard = false;
    let silence = setTimeout(() => socket.close(), 10000);
    socket.onopen = () => say({ type: "connection_init" });
    socket.onmessage = (event) => {
      clearTimeout(silence);
      silence = setTimeout(() => say({ type: "ping" }), SILENCE / 2);
      const message = JSON.parse(event.data);
      if (message.type === "connection_ack") {
        const variables = { ...mine(), afterSeq: seq };
        say({ id: "news", type: "subscribe", payload: { documentId: documents.chat_news, variables } });
      } else if (message.type === "next" && message.payload.data?.chatNews) {
        heard = true;
        take(message.payload.data.chatNews);
      } else if (message.type === "error" || message.payload?.errors) {
        const code = (message.payload.errors ?? message.payload)[0]?.extensions?.code;
        socket.close();
        if (code === "CHAT_UNKNOWN") state = "GONE";
      } else if (message.type === "complete") socket.close();
    };
    socket.onclose = () => {
      clearTimeout(silence);
      done(heard);
    };
    window.addEventListener("pagehide", () => socket.close(), { once: true });
  });
}

async function byStream() {
  const answer = await fetch("/chat/events", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...held, afterSeq: seq }),
  });
  if (answer.status === 404) state = "GONE";
  if (!answer.ok) return false;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return true;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) take(JSON.parse(part.replace(/^data: /, "")));
  }
}

async function follow() {
  for (let failures = 0; ; ) {
    let heard = false;
    try {
      heard = socketFailures < 2 ? await bySocket() : await byStream();
    } catch {
      heard = false;
    }
    if (["CLOSED", "MISSED"].includes(state)) return;
    if (state === "GONE") return forget();
    if (heard) failures = 0;
    else {
      failures += 1;
      socketFailures += 1;
    }
    tell(text("offline"));
    await pause(Math.min(LONGEST_PAUSE, 500 * 2 ** failures) * (0.5 + Math.random() / 2));
    resend();
  }
}

// --- what is sent ---

const outbox = new Map();

async function deliver(clientId, words) {
  try {
    await ask("send_chat_message", { ...mine(), clientId, text: words });
    outbox.delete(clientId);
  } catch (problem) {
    const shown = waiting.get(clientId);
    if (problem instanceof Refused) outbox.delete(clientId);
    if (!shown) return;
    shown.className = "message visitor failed";
    const note = problem instanceof Refused ? text("refused") : text("failed");
    shown.querySelector(".who").textContent = `${text("visitor")} · ${note}`;
  }
}

function resend() {
  for (const [clientId, words] of outbox) deliver(clientId, words);
}

reply.addEventListener("submit", (event) => {
  event.preventDefault();
  const words = box.value;
  if (!words.trim()) return;
  const clientId = crypto.randomUUID();
  const shown = row("visitor", words, text("sending"));
  shown.classList.add("sending");
  waiting.set(clientId, shown);
  outbox.set(clientId, words);
  log.firstElementChild.append(shown);
  log.scrollTop = log.scrollHeight;
  box.value = "";
  box.focus();
  deliver(clientId, words);
});

box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    reply.requestSubmit();
  }
});

// --- beginning and leaving ---

function begin(conversation) {
  held = conversation;
  sessionStorage.setItem(STORE, JSON.stringify(held));
  before.hidden = true;
  root.hidden = false;
  reply.hidden = false;
  find("heading").focus();
  follow();
}

function forget() {
  sessionStorage.removeItem(STORE);
  location.reload();
}

const start = document.querySelector("[data-start]");
start?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const wish = {
    language: root.dataset.language,
    handover: sessionStorage.getItem("handover") || start.handover.value || null,
    returnCode: start.return_code.value,
  };
  try {
    const begun = await ask("start_chat", { line: LINES[root.dataset.line], key: start.key.value, wish });
    sessionStorage.removeItem("handover");
    if (begun.admission === "WAITING") begin({ line: root.dataset.line, secret: begun.secret });
    else say(begun.admission === "FULL" ? text("full") : text("closedLine"));
  } catch (problem) {
    const sentences = { UNKNOWN_CODE: text("unknownCode"), TOO_MANY: text("slow"), SLOW_DOWN: text("slow") };
    say(sentences[problem.message] ?? text("down"));
    start.key.value = crypto.randomUUID();
  }
});

function say(sentence) {
  let note = before.querySelector("[role=alert]");
  if (!note) {
    note = document.createElement("p");
    note.className = "notice urgent";
    note.setAttribute("role", "alert");
    start.append(note);
  }
  note.textContent = sentence;
}

find("leave").addEventListener("click", async () => {
  await ask("leave_chat", { ...mine(), byExit: false }).catch(() => {});
});

find("code").addEventListener("click", async () => {
  find("code-text").textContent = await ask("make_return_code", mine());
  find("code-panel").hidden = false;
});

// The exit: the page is emptied and the store wiped before anything is asked of the network.
window.addEventListener("quick-exit", () => {
  const conversation = held;
  held = null;
  sessionStorage.clear();
  root.remove();
  if (!conversation) return;
  const variables = { line: LINES[conversation.line], secret: conversation.secret, byExit: true };
  const body = JSON.stringify({ documentId: documents.leave_chat, variables });
  fetch("/graphql", { method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body });
});

const kept = JSON.parse(sessionStorage.getItem(STORE) ?? "null");
if (kept && kept.line === root.dataset.line) begin(kept);
