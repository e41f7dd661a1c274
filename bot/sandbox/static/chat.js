// The bubbles of one phone. A message is drawn again only when it changed, so that an edit in place
// moves neither the scroll nor anything else.

import { anchor, plain, rich, spell } from "./markup.js";
import { locale, word } from "./words.js";

export function make(tag, className = "", ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

export function icon(name) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  drawn.append(use);
  return drawn;
}

export class Chat {
  #log;
  #links;
  #press;
  #drawn = new Map();
  #separators = new Map();

  constructor(log, { links, press }) {
    this.#log = log;
    this.#links = links;
    this.#press = press;
  }

  clear() {
    this.#drawn.clear();
    this.#separators.clear();
    this.#log.replaceChildren();
  }

  /** Shows these messages in order; `lead` is what an empty conversation shows instead. */
  show(messages, { zone, lead }) {
    const wanted = messages.length ? this.#nodes(messages, zone) : [lead];
    const held = this.#log.contains(document.activeElement) ? document.activeElement : null;
    const bubble = held?.closest("[data-message]")?.dataset.message;
    wanted.forEach((node, index) => {
      const there = this.#log.children[index];
      if (there !== node) this.#log.insertBefore(node, there ?? null);
    });
    while (this.#log.children.length > wanted.length) this.#log.lastElementChild.remove();
    // Whoever uses the keyboard stays in the bubble they pressed in.
    if (bubble && !this.#log.contains(held)) {
      const again = this.#log.querySelector(`[data-message="${bubble}"] button`);
      (again ?? this.#log).focus({ preventScroll: true });
    }
  }

  /** Ends the waiting look of a pressed button. */
  settle() {
    for (const node of this.#log.querySelectorAll(".waiting")) node.classList.remove("waiting");
  }

  #nodes(messages, zone) {
    const wanted = [];
    let day = "";
    for (const message of messages) {
      const date = new Date(message.date);
      const label = [{ month: "long", day: "numeric" }, { weekday: "short" }]
        .map((format) => date.toLocaleDateString(locale(), { timeZone: zone, ...format }))
        .join(" ");
      if (label !== day) wanted.push(this.#separator((day = label), message.id));
      wanted.push(this.#bubble(message, date, zone));
    }
    const kept = new Set(messages.map((message) => message.id));
    for (const id of this.#drawn.keys()) if (!kept.has(id)) this.#drawn.delete(id);
    return wanted;
  }

  #separator(label, id) {
    const key = `${id} ${label}`;
    if (!this.#separators.has(key)) {
      this.#separators.set(key, make("p", "day", make("span", "", label)));
    }
    return this.#separators.get(key);
  }

  #bubble(message, date, zone) {
    const look = JSON.stringify([message, locale()]);
    const before = this.#drawn.get(message.id);
    if (before?.look === look) return before.node;
    const node = make("article", message.mine ? "message mine" : "message");
    node.dataset.message = message.id;
    if (message.buttons.length) node.classList.add("keyed");
    if (before) node.classList.add("changed");
    node.append(this.#body(message, date, zone));
    if (message.buttons.length) node.append(this.#keyboard(message));
    this.#drawn.set(message.id, { look, node });
    return node;
  }

  #body(message, date, zone) {
    const body = make("div", "bubble");
    const enclosed = enclosure(message);
    if (enclosed) body.append(enclosed);
    if (message.text) {
      const text = make("div", "words");
      text.append(message.mine ? plain(message.text, this.#links) : rich(message.html, this.#links));
      body.append(text);
    }
    const time = date.toLocaleTimeString(locale(), {
      timeZone: zone, hour: "2-digit", minute: "2-digit", hour12: false,
    });
    body.append(make("footer", "", message.edited ? `${word("edited")} ${time}` : time));
    return body;
  }

  #keyboard(message) {
    const keyboard = make("div", "inline");
    keyboard.setAttribute("role", "group");
    keyboard.setAttribute("aria-label", word("buttons"));
    for (const row of message.buttons) {
      keyboard.append(make("div", "row", ...row.map((button) => this.#button(message, button))));
    }
    return keyboard;
  }

  #button(message, { text, data, url }) {
    if (url) {
      const link = anchor(url, this.#links);
      link.className = "key";
      link.append(make("span", "", spell(text)), icon("out"));
      return link;
    }
    const button = make("button", "key", make("span", "", spell(text)));
    button.type = "button";
    button.addEventListener("click", () => {
      if (button.classList.contains("waiting")) return;
      button.classList.add("waiting");
      this.#press(message.id, data, () => button.classList.remove("waiting"));
    });
    return button;
  }
}

function enclosure({ kind, file }) {
  if (kind === "photo" && file) {
    const picture = make("img", "picture");
    picture.src = file.url;
    picture.alt = word("photo");
    return picture;
  }
  if (kind === "voice" && file) {
    const sound = make("audio", "sound");
    sound.controls = true;
    sound.preload = "none";
    sound.src = file.url;
    return sound;
  }
  if (file) {
    const link = make("a", "file", icon("file"), make("span", "", file.name));
    link.href = file.url;
    link.download = file.name;
    return link;
  }
  if (kind === "location") {
    return make("p", "file", icon("pin"), make("span", "", word("location")));
  }
  return null;
}
