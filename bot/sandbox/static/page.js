// One page, one phone at a time: it asks the server what changed and draws it.

import { Chat, icon, make } from "./chat.js";
import { ClockPanel } from "./clock.js";
import { spell } from "./markup.js";
import { locale, switchLanguage, word, wordPage } from "./words.js";

const $ = (id) => document.getElementById(id);
const LARGEST_FILE = 20 * 1024 * 1024;

let state = null;
let person = Number(location.hash.slice(1)) || 0;
let asking = new AbortController();
let sending = Promise.resolve();
let attached = null;
let keysHidden = false;
let atEnd = true;
let toastTimer = 0;
const seen = new Map();
const answered = new Map();

const holder = () => state.people.find(({ id }) => id === person);
const chat = new Chat($("log"), {
  press,
  links: {
    command: (text) => sendText(text),
    invite: (address) => inviteOf(address),
    start: (code) => chooseOpener(code),
  },
});
const clock = new ClockPanel({ post, say });

// --- talking to the server

async function post(path, body) {
  const form = body instanceof FormData;
  const answer = await fetch(`/page/${path}`, {
    method: "POST",
    headers: { "X-Sandbox-Page": "1", ...(form ? {} : { "Content-Type": "application/json" }) },
    body: form ? body : JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(path), { reason: said.error });
  return said;
}

/** Follows the server for ever, through its restarts too. */
async function follow() {
  for (let failures = 0; ; ) {
    asking = new AbortController();
    const { signal } = asking;
    const next = await ask(signal).catch(() => null);
    if (signal.aborted) continue;
    failures = next ? 0 : failures + 1;
    $("offline").hidden = failures < 2;
    if (next) draw(next);
    else await new Promise((resolve) => setTimeout(resolve, Math.min(250 * 2 ** failures, 4000)));
  }
}

async function ask(signal) {
  const since = state?.chat.person === person ? state.version : "";
  const answer = await fetch(`/page/state?person=${person}&since=${since}`, { signal });
  return answer.ok ? answer.json() : null;
}

/** A message that cannot be drawn is reported, and does not stop the ones after it. */
function keepFollowing() {
  follow().catch((error) => {
    console.error(error);
    setTimeout(keepFollowing, 1000);
  });
}

/** Sends one thing after the other, in the order they were asked for. */
function inTurn(work) {
  sending = sending.then(work, work);
  return sending;
}

// --- drawing

function draw(next) {
  const restarted = state?.boot !== next.boot;
  const switched = state?.chat.person !== next.chat.person;
  if (restarted) {
    seen.clear();
    answered.clear();
    remembered(next).forEach(([id, last]) => seen.set(id, last));
  }
  if (restarted || switched) chat.clear();
  const grown = (next.chat.messages.at(-1)?.id ?? 0) > (state?.chat.messages.at(-1)?.id ?? 0);
  const follows = restarted || switched || atEnd;
  const own = next.chat.messages.at(-1)?.mine;
  state = next;
  person = state.chat.person;
  drawChat();
  drawAnswers(restarted || switched);
  drawPeople();
  drawKeyboard();
  clock.show(state.clock);
  if (follows || (grown && own)) toEnd();
  else if (grown) $("latest").hidden = false;
}

function drawChat() {
  const { name, role } = holder();
  $("holder").textContent = word("holder", { name, role });
  chat.show(state.chat.messages, { zone: state.clock.zone, lead: lead() });
  const last = Math.max(0, ...state.chat.messages.map(({ id }) => id));
  seen.set(person, Math.max(last, seen.get(person) ?? 0));
  sessionStorage.setItem("seen", JSON.stringify({ boot: state.boot, seen: [...seen] }));
}

function remembered({ boot, people }) {
  const kept = JSON.parse(sessionStorage.getItem("seen") ?? "{}");
  if (kept.boot === boot) return kept.seen;
  // Opened for the first time: what lay there before is not news.
  return people.map(({ id, inbox }) => [id, inbox.at(-1) ?? 0]);
}

/** What an untouched phone shows: who holds it, and what to press first. */
function lead() {
  const { name, role, note, tone } = { ...holder(), tone: toneOf(person) };
  const card = make("div", "lead", face(name, tone), make("h3", "", word("empty", { name })));
  card.append(make("p", "role", role), make("p", "", note));
  const commands = state.chat.commands.length
    ? state.chat.commands : [{ command: "start", description: "" }];
  card.append(make("p", "hint", word("tryThis")), commandList(commands));
  return card;
}

function commandList(commands) {
  const list = make("div", "choices");
  for (const { command, description } of commands) {
    const choice = make("button", "", make("b", "", `/${command}`), make("span", "", spell(description)));
    choice.type = "button";
    choice.addEventListener("click", () => {
      closeSheets();
      sendText(`/${command}`);
      $("text").focus();
    });
    list.append(choice);
  }
  return list;
}

const toneOf = (id) => `tone-${Math.max(0, state.people.findIndex((one) => one.id === id)) % 8}`;
const face = (name, tone) => {
  const made = make("span", `face ${tone}`, [...name][0] ?? "?");
  made.setAttribute("aria-hidden", "true");
  return made;
};

function drawPeople() {
  const list = $("people").querySelector("ul");
  const look = JSON.stringify(state.people.map(({ id, name, role, note }) => [id, name, role, note]));
  if (list.dataset.look !== look) {
    list.dataset.look = look;
    list.replaceChildren(...state.people.map(personButton));
  }
  let total = 0;
  for (const { id, inbox } of state.people) {
    const unread = inbox.filter((message) => message > (seen.get(id) ?? 0)).length;
    total += unread;
    const button = list.querySelector(`[data-person="${id}"]`);
    button.toggleAttribute("aria-current", id === person);
    if (id === person) button.setAttribute("aria-current", "true");
    const badge = button.querySelector(".badge");
    badge.hidden = unread === 0;
    badge.querySelector("[aria-hidden]").textContent = unread > 99 ? "99+" : unread;
    badge.querySelector(".unseen").textContent = word("newDivider", { n: unread });
  }
  document.title = total ? `(${total}) ${word("product")}` : word("product");
}

function personButton({ id, name, role, note }) {
  const count = make("span");
  count.setAttribute("aria-hidden", "true");
  const badge = make("span", "badge", count, make("span", "unseen"));
  const button = make("button", "", face(name, toneOf(id)));
  button.append(make("span", "name", name), make("span", "role", role));
  button.append(make("span", "about", note), badge);
  button.dataset.person = id;
  button.addEventListener("click", () => hold(id));
  return make("li", "", button);
}

function hold(id) {
  if (id === person) return;
  person = id;
  history.replaceState(null, "", `#${id}`);
  closeSheets();
  attach(null);
  keysHidden = false;
  asking.abort();
}

function drawKeyboard() {
  const rows = state.chat.keyboard ?? [];
  const drawn = $("keyboard");
  const look = JSON.stringify(rows);
  if (drawn.dataset.look !== look) {
    drawn.dataset.look = look;
    drawn.replaceChildren(...rows.map((row) => make("div", "row", ...row.map(quickKey))));
  }
  $("keys").hidden = !rows.length;
  $("keys").setAttribute("aria-expanded", String(!keysHidden));
  drawn.hidden = !rows.length || keysHidden;
}

function quickKey(text) {
  const key = make("button", "key", make("span", "", spell(text)));
  key.type = "button";
  key.addEventListener("click", () => sendText(text));
  return key;
}

function drawAnswers(quietly) {
  const { answers } = state.chat;
  const known = answered.get(person);
  const fresh = answers.filter(({ version }) => version > (known ?? 0));
  answered.set(person, answers.at(-1)?.version ?? known ?? 0);
  if (!fresh.length) return;
  chat.settle();
  // What was answered before this page looked is not shown again.
  if (quietly && known === undefined) return;
  for (const { text, alert } of fresh) {
    if (text && alert) raise(text);
    else if (text) say(text);
  }
}

function say(text) {
  const toast = $("toast");
  toast.replaceChildren(spell(text));
  toast.classList.add("shown");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => toast.classList.remove("shown"), 3500);
}

function raise(text) {
  $("alert").querySelector("p").replaceChildren(spell(text));
  if (!$("alert").open) $("alert").showModal();
}

const nearEnd = () => $("log").scrollHeight - $("log").scrollTop - $("log").clientHeight < 80;

function toEnd() {
  atEnd = true;
  $("log").scrollTop = $("log").scrollHeight;
  $("latest").hidden = true;
}

// --- what the person does

function sendText(text) {
  const from = person;
  return inTurn(async () => {
    try {
      await post("text", { person: from, text });
      return true;
    } catch {
      say(word("failed"));
      return false;
    }
  });
}

async function submit() {
  const text = $("text").value.trim();
  if (attached) {
    if (await sendFile(attached, text)) attach(null);
    else return;
  } else if (text) {
    $("text").value = "";
    fit();
    if (!(await sendText(text)) && !$("text").value) $("text").value = text;
  }
  if (attached === null && $("text").value.trim() === text) $("text").value = "";
  fit();
}

function sendFile(file, caption) {
  const body = new FormData();
  body.append("person", person);
  body.append("caption", caption);
  body.append("file", file);
  return inTurn(async () => {
    try {
      await post("file", body);
      return true;
    } catch ({ reason }) {
      say(word(reason === "tooLarge" ? "tooLarge" : "failed"));
      return false;
    }
  });
}

function press(message, data, release) {
  const from = person;
  setTimeout(release, 10_000);
  inTurn(async () => {
    try {
      await post("press", { person: from, message, data });
    } catch ({ reason }) {
      release();
      say(word(reason === "gone" ? "gone" : "pressFailed"));
    }
  });
}

function attach(file) {
  if (file && file.size > LARGEST_FILE) return say(word("tooLarge"));
  attached = file;
  const chip = $("attachment");
  const picture = chip.querySelector("img");
  chip.hidden = !file;
  URL.revokeObjectURL(picture.src);
  const shown = Boolean(file?.type.startsWith("image/"));
  picture.hidden = !shown;
  picture.removeAttribute("src");
  if (shown) picture.src = URL.createObjectURL(file);
  chip.querySelector("svg").classList.toggle("away", shown);
  chip.querySelector("span").textContent = file?.name ?? "";
  $("file").value = "";
}

function inviteOf(address) {
  const parsed = URL.canParse(address) ? new URL(address) : null;
  const ours = parsed?.hostname === "t.me" && parsed.pathname === `/${state.bot}`;
  return (ours && parsed.searchParams.get("start")) || null;
}

/** An invite is made on one phone and opened on another: ask on which. */
function chooseOpener(code) {
  const dialog = $("opener");
  const order = [holder(), ...state.people.filter(({ id }) => id !== person)];
  dialog.querySelector("div").replaceChildren(...order.map(({ id, name, role }) => {
    const choice = make("button", "", face(name, toneOf(id)));
    choice.append(make("b", "", name), make("span", "", role));
    choice.value = id;
    return choice;
  }));
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (!dialog.returnValue) return;
    hold(Number(dialog.returnValue));
    sendText(`/start ${code}`);
  };
  dialog.showModal();
}

function fit() {
  $("text").style.height = "auto";
  $("text").style.height = `${Math.min($("text").scrollHeight, 132)}px`;
}

function toggleSheet(sheet, button) {
  const opens = $(sheet).hidden;
  closeSheets();
  $(sheet).hidden = !opens;
  $(button).setAttribute("aria-expanded", String(opens));
  if (opens) $(sheet).querySelector("button, input")?.focus();
}

function closeSheets() {
  for (const [sheet, button] of [["commands", "menu"], ["place", "locate"]]) {
    $(sheet).hidden = true;
    $(button).setAttribute("aria-expanded", "false");
  }
}

// --- wiring

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
$("text").addEventListener("input", fit);
$("text").addEventListener("keydown", (event) => {
  // Enter that picks a Chinese candidate is not yet the end of the sentence.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
$("text").addEventListener("paste", (event) => {
  const [file] = event.clipboardData.files;
  if (!file) return;
  event.preventDefault();
  attach(file);
});
$("phone").addEventListener("dragover", (event) => event.preventDefault());
$("phone").addEventListener("drop", (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file) attach(file);
});
$("attach").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", () => {
  if ($("file").files[0]) attach($("file").files[0]);
  $("text").focus();
});
$("attachment").querySelector("button").addEventListener("click", () => attach(null));
$("menu").addEventListener("click", () => {
  const { commands } = state?.chat ?? { commands: [] };
  const content = commands.length ? commandList(commands) : make("p", "", word("noCommands"));
  $("commands").replaceChildren(content);
  toggleSheet("commands", "menu");
});
$("locate").addEventListener("click", () => toggleSheet("place", "locate"));
$("place").addEventListener("submit", (event) => {
  event.preventDefault();
  const { latitude, longitude } = Object.fromEntries(new FormData($("place")));
  const body = { person, latitude: Number(latitude), longitude: Number(longitude) };
  closeSheets();
  $("text").focus();
  inTurn(() => post("place", body).catch(() => say(word("failed"))));
});
$("keys").addEventListener("click", () => {
  keysHidden = !keysHidden;
  drawKeyboard();
});
$("phone").addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || ($("commands").hidden && $("place").hidden)) return;
  closeSheets();
  $("text").focus();
});
$("log").addEventListener("scroll", () => {
  atEnd = nearEnd();
  if (atEnd) $("latest").hidden = true;
});
// A picture that arrives, a keyboard that opens: whoever was at the end stays there.
$("log").addEventListener("load", () => atEnd && toEnd(), true);
new ResizeObserver(() => atEnd && toEnd()).observe($("log"));
$("log").addEventListener("click", closeSheets);
$("latest").addEventListener("click", toEnd);
$("language").addEventListener("click", () => {
  switchLanguage();
  drawWords();
});
addEventListener("hashchange", () => hold(Number(location.hash.slice(1)) || 0));

function drawWords() {
  wordPage();
  $("language").textContent = word("other");
  $("language").lang = locale().startsWith("zh") ? "en" : "zh-Hans";
  if (state) draw(state);
  clock.word();
}

drawWords();
keepFollowing();
