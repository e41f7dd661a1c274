// Text of messages as DOM. Only the tags Telegram knows are made, each by name: nothing is ever
// given to innerHTML, and the parsed document is inert (it runs no script and loads nothing).

const TAGS = {
  B: "strong", STRONG: "strong", I: "em", EM: "em", U: "u", INS: "u", S: "s", STRIKE: "s", DEL: "s",
  CODE: "code", PRE: "pre", BLOCKQUOTE: "blockquote", "TG-SPOILER": "span",
};
// Drawn by the page (emoji.svg, in this order): not every computer has a font for them.
const EMOJI = ["🆘", "📝", "⚠", "📋", "📌", "✅", "☎"];
const DRAWN = new RegExp(`(${EMOJI.join("|")})\\uFE0F?`, "gu");
const SAFE_ADDRESS = /^(https?:|mailto:|tel:|tg:)/i;
const FOUND = /(https?:\/\/[^\s<>"'“”‘’,。;!?、()]*[^\s<>"'“”‘’,。;!?、().,:;!?])|((?<![\w/])\/[a-z0-9_]{1,32}\b(?!\/))/gi;

/** The DOM of a message; `links` says what a command or an address does when it is pressed. */
export function rich(html, links) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const made = document.createDocumentFragment();
  for (const child of parsed.body.childNodes) copy(child, made, links, false);
  return made;
}

/** The DOM of plain text: what a person typed is shown letter by letter. */
export function plain(text, links) {
  const made = document.createDocumentFragment();
  linkify(text, made, links);
  return made;
}

function copy(node, target, links, literal) {
  if (node.nodeType === Node.TEXT_NODE) {
    if (literal) target.append(spell(node.data));
    else linkify(node.data, target, links);
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const made = element(node, links);
  // What is inside an unknown tag is shown; the tag is not.
  for (const child of node.childNodes) {
    copy(child, made ?? target, links, literal || ["A", "CODE", "PRE"].includes(node.tagName));
  }
  if (made) target.append(made);
}

function element(node, links) {
  if (node.tagName === "A") {
    const address = node.getAttribute("href") ?? "";
    return SAFE_ADDRESS.test(address) ? anchor(address, links) : null;
  }
  const name = TAGS[node.tagName];
  return name ? document.createElement(name) : null;
}

function linkify(text, target, links) {
  let done = 0;
  for (const match of text.matchAll(FOUND)) {
    target.append(spell(text.slice(done, match.index)));
    const made = match[1] ? anchor(match[1], links) : command(match[2], links);
    made.textContent = match[0];
    target.append(made);
    done = match.index + match[0].length;
  }
  target.append(spell(text.slice(done)));
}

/** Text whose emoji look the same everywhere; copied and read aloud, they are still the letters. */
export function spell(text) {
  const made = document.createDocumentFragment();
  let done = 0;
  for (const match of text.matchAll(DRAWN)) {
    const drawn = document.createElement("span");
    drawn.className = `emoji emoji-${EMOJI.indexOf(match[1])}`;
    drawn.textContent = match[0];
    made.append(text.slice(done, match.index), drawn);
    done = match.index + match[0].length;
  }
  made.append(text.slice(done));
  return made;
}

function command(name, links) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "command";
  made.addEventListener("click", () => links.command(name));
  return made;
}

/** A link; an invite to this bot opens on one of the phones instead of in a new tab. */
export function anchor(address, links) {
  const made = document.createElement("a");
  made.href = address;
  made.rel = "noopener noreferrer";
  made.target = "_blank";
  const invite = links.invite(address);
  if (invite) {
    made.addEventListener("click", (event) => {
      event.preventDefault();
      links.start(invite);
    });
  }
  return made;
}
