// Whose phones there are: the list, what each has not read yet, and who opens an invite.

import { make } from "./chat.js";
import { word } from "./words.js";

const TONES = 8;

export class People {
  #list;
  #hold;
  #people = [];
  #boot = "";
  #seen = new Map();

  constructor(list, { hold }) {
    this.#list = list;
    this.#hold = hold;
  }

  /** The picture of somebody: the first letter of the name on a colour of their own. */
  face(id) {
    const index = this.#people.findIndex((one) => one.id === id);
    const made = make("span", `face tone-${index % TONES}`, [...this.#people[index].name][0] ?? "?");
    made.setAttribute("aria-hidden", "true");
    return made;
  }

  /** Takes over the server's list; what lay there before this page was opened is not news. */
  take({ boot, people }) {
    this.#people = people;
    if (this.#boot === boot) return;
    this.#boot = boot;
    const kept = JSON.parse(sessionStorage.getItem("seen") ?? "{}");
    const old = people.map(({ id, inbox }) => [id, inbox.at(-1) ?? 0]);
    this.#seen = new Map(kept.boot === boot ? kept.seen : old);
  }

  /** Notes that this person's chat has been looked at down to a message. */
  see(person, message) {
    this.#seen.set(person, Math.max(message, this.#seen.get(person) ?? 0));
    const kept = { boot: this.#boot, seen: [...this.#seen] };
    sessionStorage.setItem("seen", JSON.stringify(kept));
  }

  /** Draws the list with its badges and returns how many messages are unread in all. */
  draw(person) {
    const look = JSON.stringify(this.#people.map(({ inbox, ...lasting }) => lasting));
    if (this.#list.dataset.look !== look) {
      this.#list.dataset.look = look;
      this.#list.replaceChildren(...this.#people.map((one) => this.#entry(one)));
    }
    return this.#people.reduce((total, one) => total + this.#mark(one, person), 0);
  }

  #entry({ id, name, role, note }) {
    const count = make("span");
    count.setAttribute("aria-hidden", "true");
    const button = make("button", "", this.face(id));
    button.append(make("span", "name", name), make("span", "role", role));
    button.append(make("span", "about", note));
    button.append(make("span", "badge", count, make("span", "unseen")));
    button.dataset.person = id;
    button.addEventListener("click", () => this.#hold(id));
    return make("li", "", button);
  }

  #mark({ id, inbox }, person) {
    const unread = inbox.filter((message) => message > (this.#seen.get(id) ?? 0)).length;
    const button = this.#list.querySelector(`[data-person="${id}"]`);
    if (id === person) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    const badge = button.querySelector(".badge");
    badge.hidden = unread === 0;
    badge.firstChild.textContent = unread > 99 ? "99+" : unread;
    badge.lastChild.textContent = word("unread", { n: unread });
    return unread;
  }

  /** An invite is made on one phone and opened on another: asks on which, then calls `then`. */
  ask(dialog, person, then) {
    const first = this.#people.filter(({ id }) => id === person);
    const others = this.#people.filter(({ id }) => id !== person);
    dialog.querySelector("div").replaceChildren(...[...first, ...others].map((one) => {
      const choice = make("button", "", this.face(one.id), make("b", "", one.name));
      choice.append(make("span", "", one.role));
      choice.value = one.id;
      return choice;
    }));
    dialog.returnValue = "";
    dialog.onclose = () => dialog.returnValue && then(Number(dialog.returnValue));
    dialog.showModal();
  }
}
