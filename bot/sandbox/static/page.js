// One page, one phone at a time: it asks the server what changed and draws it.

import { Chat, make } from "./chat.js";
import { ClockPanel } from "./clock.js";
import { commandList, Composer } from "./composer.js";
import { spell } from "./markup.js";
import { People } from "./people.js";
import { locale, switchLanguage, word, wordPage } from "./words.js";

const $ = (id) => document.getElementById(id);
const NEAR = 80;
const LONGEST_PRESS = 10_000;

let state = null;
let person = Number(location.hash.slice(1)) || 0;
let asking = new AbortController();
let sending = Promise.resolve();
let atEnd = true;
let toastTimer = 0;
const answered = new Map();

const people = new People($("people").querySelector("ul"), { hold });
const clock = new ClockPanel({ post, say });
const composer = new Composer({
  send: { text: sendText, file: sendFile, place: sendPlace },
  say,
});
const chat = new Chat($("log"), {
  press,
  links: { command: sendText, invite: inviteOf, start: openInvite },
});

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

/** Does one thing after the other, in the order they were asked for; says what went wrong. */
function inTurn(work, failed = "failed") {
  const done = sending.then(work).then(() => true, ({ reason }) => {
    say(word(["gone", "tooLarge"].includes(reason) ? reason : failed));
    return false;
  });
  sending = done;
  return done;
}

// --- drawing

function draw(next) {
  const before = state;
  const restarted = before?.boot !== next.boot;
  const fresh = restarted || before.chat.person !== next.chat.person;
  if (restarted) answered.clear();
  if (fresh) chat.clear();
  state = next;
  person = state.chat.person;
  people.take(state);
  drawChat();
  drawAnswers(fresh);
  drawUnread();
  composer.show(state.chat);
  clock.show(state.clock);
  const last = state.chat.messages.at(-1);
  const grown = (last?.id ?? 0) > (before?.chat.messages.at(-1)?.id ?? 0);
  if (fresh || atEnd || (grown && last.mine)) toEnd();
  else if (grown) $("latest").hidden = false;
}

function drawChat() {
  const { name, role } = holder();
  $("holder").textContent = word("holder", { name, role });
  chat.show(state.chat.messages, { zone: state.clock.zone, lead: lead() });
  people.see(person, Math.max(0, ...state.chat.messages.map(({ id }) => id)));
}

function drawUnread() {
  const unread = people.draw(person);
  document.title = unread ? `(${unread}) ${word("product")}` : word("product");
}

/** What an untouched phone shows: who holds it, and what to press first. */
function lead() {
  const { name, role, note } = holder();
  const { commands } = state.chat;
  const offered = commands.length ? commands : [{ command: "start", description: "" }];
  return make(
    "div", "lead",
    people.face(person),
    make("h3", "", word("empty", { name })),
    make("p", "role", role),
    make("p", "", note),
    make("p", "hint", word("tryThis")),
    commandList(offered, (text) => {
      $("text").focus();
      sendText(text);
    }),
  );
}

function drawAnswers(fresh) {
  const { answers } = state.chat;
  const known = answered.get(person);
  const given = answers.filter(({ version }) => version > (known ?? 0));
  answered.set(person, answers.at(-1)?.version ?? known ?? 0);
  if (!given.length) return;
  chat.settle();
  // What was answered before this page looked is not shown again.
  if (fresh && known === undefined) return;
  for (const { text, alert } of given) {
    if (text && alert) raise(text);
    else if (text) say(text);
  }
}

function drawWords() {
  wordPage();
  $("language").textContent = word("other");
  $("language").lang = locale().startsWith("zh") ? "en" : "zh-Hans";
  if (state) draw(state);
  clock.word();
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

function toEnd() {
  atEnd = true;
  $("log").scrollTop = $("log").scrollHeight;
  $("latest").hidden = true;
}

// --- what the person does

function holder() {
  return state.people.find(({ id }) => id === person);
}

function hold(id) {
  if (id === person) return;
  person = id;
  history.replaceState(null, "", `#${id}`);
  composer.clear();
  asking.abort();
}

function sendText(text) {
  const body = { person, text };
  return inTurn(() => post("text", body));
}

function sendFile(file, caption) {
  const body = new FormData();
  body.append("person", person);
  body.append("caption", caption);
  body.append("file", file);
  return inTurn(() => post("file", body));
}

function sendPlace(latitude, longitude) {
  const body = { person, latitude, longitude };
  return inTurn(() => post("place", body));
}

async function press(message, data, release) {
  const body = { person, message, data };
  setTimeout(release, LONGEST_PRESS);
  if (!(await inTurn(() => post("press", body), "pressFailed"))) release();
}

function inviteOf(address) {
  const parsed = URL.canParse(address) ? new URL(address) : null;
  const ours = parsed?.hostname === "t.me" && parsed.pathname === `/${state.bot}`;
  return (ours && parsed.searchParams.get("start")) || null;
}

function openInvite(code) {
  people.ask($("opener"), person, (id) => {
    hold(id);
    sendText(`/start ${code}`);
  });
}

// --- wiring

$("log").addEventListener("scroll", () => {
  const { scrollHeight, scrollTop, clientHeight } = $("log");
  atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
  if (atEnd) $("latest").hidden = true;
});
// A picture that arrives, a keyboard that opens: whoever was at the end stays there.
$("log").addEventListener("load", () => atEnd && toEnd(), true);
new ResizeObserver(() => atEnd && toEnd()).observe($("log"));
$("latest").addEventListener("click", toEnd);
$("language").addEventListener("click", () => {
  switchLanguage();
  drawWords();
});
addEventListener("hashchange", () => hold(Number(location.hash.slice(1)) || 0));

drawWords();
keepFollowing();
