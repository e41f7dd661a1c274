// What the person writes with: the text box, the file to send, the sheets above it, the quick keys.

import { make } from "./chat.js";
import { spell } from "./markup.js";
import { word } from "./words.js";

const LARGEST_FILE = 20 * 1024 * 1024;
const TALLEST = 132;
const SHEETS = [["commands", "menu"], ["place", "locate"]];

const $ = (id) => document.getElementById(id);

/** The commands a person is offered, each a button. */
export function commandList(commands, choose) {
  const list = make("div", "choices");
  for (const { command, description } of commands) {
    const choice = make("button", "", make("b", "", `/${command}`));
    choice.append(make("span", "", spell(description)));
    choice.type = "button";
    choice.addEventListener("click", () => choose(`/${command}`));
    list.append(choice);
  }
  return list;
}

export class Composer {
  #send;
  #say;
  #commands = [];
  #file = null;
  #keysHidden = false;

  /** `send` has text, file and place, each resolving to whether it went; `say` shows a line. */
  constructor({ send, say }) {
    this.#send = send;
    this.#say = say;
    this.#wireText();
    this.#wireFile();
    this.#wireSheets();
  }

  /** Shows this person's command menu and quick keys. */
  show({ commands, keyboard }) {
    this.#commands = commands;
    const rows = keyboard ?? [];
    const look = JSON.stringify(rows);
    if ($("keyboard").dataset.look !== look) {
      $("keyboard").dataset.look = look;
      const drawn = rows.map((row) => make("div", "row", ...row.map((text) => this.#key(text))));
      $("keyboard").replaceChildren(...drawn);
    }
    $("keys").hidden = !rows.length;
    $("keys").setAttribute("aria-expanded", String(!this.#keysHidden));
    $("keyboard").hidden = !rows.length || this.#keysHidden;
  }

  /** Puts away what belonged to another phone. */
  clear() {
    this.closeSheets();
    this.#attach(null);
    this.#keysHidden = false;
  }

  closeSheets() {
    for (const [sheet, button] of SHEETS) {
      $(sheet).hidden = true;
      $(button).setAttribute("aria-expanded", "false");
    }
  }

  #key(text) {
    const key = make("button", "key", make("span", "", spell(text)));
    key.type = "button";
    key.addEventListener("click", () => this.#send.text(text));
    return key;
  }

  async #submit() {
    const text = $("text").value.trim();
    const file = this.#file;
    if (!text && !file) return;
    $("text").value = "";
    this.#attach(null);
    this.#fit();
    const sent = await (file ? this.#send.file(file, text) : this.#send.text(text));
    if (sent) return;
    // Nothing is lost by a failure, unless something newer stands there already.
    if (!$("text").value) $("text").value = text;
    if (file && !this.#file) this.#attach(file);
    this.#fit();
  }

  #attach(file) {
    if (file && file.size > LARGEST_FILE) {
      this.#say(word("tooLarge"));
      return;
    }
    this.#file = file;
    const chip = $("attachment");
    const picture = chip.querySelector("img");
    const shown = Boolean(file?.type.startsWith("image/"));
    URL.revokeObjectURL(picture.src);
    if (shown) picture.src = URL.createObjectURL(file);
    else picture.removeAttribute("src");
    picture.hidden = !shown;
    chip.hidden = !file;
    chip.querySelector("svg").classList.toggle("away", shown);
    chip.querySelector("span").textContent = file?.name ?? "";
    $("file").value = "";
  }

  #fit() {
    $("text").style.height = "auto";
    $("text").style.height = `${Math.min($("text").scrollHeight, TALLEST)}px`;
  }

  #toggle(sheet, button) {
    const opens = $(sheet).hidden;
    this.closeSheets();
    $(sheet).hidden = !opens;
    $(button).setAttribute("aria-expanded", String(opens));
    if (opens) $(sheet).querySelector("button, input")?.focus();
  }

  #wireText() {
    $("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    $("text").addEventListener("input", () => this.#fit());
    $("text").addEventListener("keydown", (event) => {
      // Enter that picks a Chinese candidate is not yet the end of the sentence.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    $("keys").addEventListener("click", () => {
      this.#keysHidden = !this.#keysHidden;
      $("keys").setAttribute("aria-expanded", String(!this.#keysHidden));
      $("keyboard").hidden = this.#keysHidden;
    });
  }

  #wireFile() {
    const take = (event, [file]) => {
      if (!file) return;
      event.preventDefault();
      this.#attach(file);
      $("text").focus();
    };
    $("attach").addEventListener("click", () => $("file").click());
    $("file").addEventListener("change", (event) => take(event, $("file").files));
    $("text").addEventListener("paste", (event) => take(event, event.clipboardData.files));
    $("phone").addEventListener("dragover", (event) => event.preventDefault());
    $("phone").addEventListener("drop", (event) => {
      event.preventDefault();
      take(event, event.dataTransfer.files);
    });
    $("attachment").querySelector("button").addEventListener("click", () => this.#attach(null));
  }

  #wireSheets() {
    const choose = (text) => {
      this.closeSheets();
      $("text").focus();
      this.#send.text(text);
    };
    $("menu").addEventListener("click", () => {
      const none = make("p", "", word("noCommands"));
      const content = this.#commands.length ? commandList(this.#commands, choose) : none;
      $("commands").replaceChildren(content);
      this.#toggle("commands", "menu");
    });
    $("locate").addEventListener("click", () => this.#toggle("place", "locate"));
    $("place").addEventListener("submit", (event) => {
      event.preventDefault();
      const { latitude, longitude } = Object.fromEntries(new FormData($("place")));
      this.closeSheets();
      $("text").focus();
      this.#send.place(Number(latitude), Number(longitude));
    });
    $("phone").addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || SHEETS.every(([sheet]) => $(sheet).hidden)) return;
      this.closeSheets();
      $("text").focus();
    });
    $("log").addEventListener("click", () => this.closeSheets());
  }
}
