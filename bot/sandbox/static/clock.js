// The clock beside the phone: a leaf of a tear-off calendar, and the buttons that move it.

import { make } from "./chat.js";
import { locale, word } from "./words.js";

const STEPS = [
  { key: "hour", move: { seconds: 3600 } },
  { key: "day", move: { seconds: 86400 } },
  { key: "week", move: { seconds: 7 * 86400 } },
  { date: [7, 10], move: { next: [7, 10] } },
  { date: [1, 10], move: { next: [1, 10] } },
];

const $ = (id) => document.getElementById(id);

export class ClockPanel {
  #post;
  #say;
  #shown = null;
  #ahead = 0;

  constructor({ post, say }) {
    this.#post = post;
    this.#say = say;
    $("go").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#move({ to: $("moment").value });
    });
    $("reset").addEventListener("click", () => this.#move({ reset: true }));
    $("clock-toggle").addEventListener("click", () => this.#toggle());
    $("clock").addEventListener("keydown", (event) => {
      if (event.key === "Escape" && $("clock").classList.contains("open")) this.#toggle();
    });
    document.addEventListener("pointerdown", ({ target }) => {
      const open = $("clock").classList.contains("open");
      if (open && !target.closest("#clock, #clock-toggle")) this.#toggle();
    });
    setInterval(() => this.#tick(), 1000);
  }

  /** Takes over the server's clock: `now` (ISO), `zone`, `offset` (seconds) and `local`. */
  show(clock) {
    this.#shown = clock;
    this.#ahead = Date.parse(clock.now) - Date.now();
    this.#tick();
    this.#offset();
  }

  word() {
    $("steps").replaceChildren(...STEPS.map((step) => this.#button(step)));
    if (this.#shown) this.show(this.#shown);
  }

  #button({ key, date, move }) {
    const button = make("button", date ? "wide" : "", key ? word(key) : nextDate(date));
    button.addEventListener("click", () => this.#move(move));
    return button;
  }

  async #move(body) {
    this.#busy(true);
    $("offset").textContent = word("moving");
    try {
      const clock = await this.#post("clock", body);
      this.show(clock);
      $("moment").value = "";
      this.#say(word("moved", { time: this.#text({ dateStyle: "medium", timeStyle: "short" }) }));
    } catch ({ reason }) {
      this.#say(word(["backwards", "tooFar"].includes(reason) ? reason : "failed"));
    } finally {
      this.#busy(false);
      this.#offset();
    }
  }

  #busy(busy) {
    $("clock").setAttribute("aria-busy", String(busy));
    for (const button of $("clock").querySelectorAll("button")) button.disabled = busy;
  }

  #toggle() {
    const open = $("clock").classList.toggle("open");
    $("clock-toggle").setAttribute("aria-expanded", String(open));
    if (!open) $("clock-toggle").focus();
  }

  #text(format) {
    const now = new Date(Date.now() + this.#ahead);
    return now.toLocaleString(locale(), { timeZone: this.#shown.zone, hour12: false, ...format });
  }

  #tick() {
    if (!this.#shown) return;
    const time = this.#text({ hour: "2-digit", minute: "2-digit" });
    write("leaf-month", this.#text({ year: "numeric", month: "long" }));
    write("leaf-day", this.#text({ day: "numeric" }).replace(/\D/g, ""));
    write("leaf-week", this.#text({ weekday: "long" }));
    write("leaf-time", time);
    write("clock-chip", `${this.#text({ month: "numeric", day: "numeric" })} ${time}`);
  }

  #offset() {
    const seconds = this.#shown?.offset ?? 0;
    $("reset").hidden = seconds === 0;
    const key = seconds > 0 ? "ahead" : "behind";
    write("offset", seconds === 0 ? word("real") : word(key, { span: span(Math.abs(seconds)) }));
  }
}

/** Writes only what changed: a text put in again would be read out again. */
function write(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

function span(seconds) {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  if (days) return word("days", { n: days }) + (hours ? ` ${word("hours", { n: hours })}` : "");
  return hours ? word("hours", { n: hours }) : word("minutes", { n: Math.ceil(seconds / 60) });
}

function nextDate([month, day]) {
  const date = new Date(Date.UTC(2001, month - 1, day));
  const text = date.toLocaleDateString(locale(), { timeZone: "UTC", month: "long", day: "numeric" });
  return word("next", { date: text });
}
