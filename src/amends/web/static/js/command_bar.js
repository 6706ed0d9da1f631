// The command bar: every [data-key] of the page (same names as the buttons), the navigation, then what the server finds.
import { open } from "./dialogs.js";
import { register } from "./keys.js";
import { say } from "./words.js";

let found = [], chosen = 0, asked = 0;

const words = (element) => (element.dataset.command || element.getAttribute("aria-label") || [...element.childNodes].filter((n) => n.nodeName !== "KBD").map((n) => n.textContent).join(" ")).trim().replace(/\s+/g, " ");
const visible = (element) => !element.disabled && element.getAttribute("aria-disabled") !== "true" && element.checkVisibility();

function offers() {
  const actions = [...document.querySelectorAll("main [data-key]:is(a, button)")].filter(visible);
  const places = [...document.querySelectorAll("#navigation a.i")];
  return [
    ...actions.map((e) => ({ group: "actions", icon: "ti-bolt", words: words(e), key: e.dataset.key, run: () => e.click() })),
    ...places.map((e) => ({ group: "places", icon: "ti-arrow-right", words: e.title || words(e), href: e.href })),
  ];
}

function draw(list, text) {
  const wanted = text.trim().toLowerCase();
  found = [...offers().filter((o) => o.words.toLowerCase().includes(wanted)), ...list];
  chosen = 0;
  const box = document.getElementById("command-list");
  box.replaceChildren();
  let group = "", ul = null;
  found.forEach((offer, at) => {
    if (offer.group !== group) {
      group = offer.group;
      const cap = document.createElement("div");
      cap.className = "cap";
      cap.textContent = say(group);
      ul = document.createElement("ul");
      ul.setAttribute("role", "group");
      ul.setAttribute("aria-label", say(group));
      box.append(cap, ul);
    }
    const li = document.createElement("li");
    li.id = `command-${at}`;
    li.setAttribute("role", "option");
    const icon = document.createElement("i");
    icon.className = `ti ${offer.icon}`;
    icon.setAttribute("aria-hidden", "true");
    const name = document.createElement("span");
    name.className = "grow";
    name.textContent = offer.words;
    li.append(icon, name);
    if (offer.key) {
      const key = document.createElement("kbd");
      key.textContent = offer.key.toUpperCase();
      li.append(key);
    }
    li.addEventListener("click", () => run(at));
    ul.append(li);
  });
  if (!found.length && wanted) {
    const nothing = document.createElement("div");
    nothing.className = "cap";
    nothing.textContent = say("nothing");
    box.append(nothing);
  }
  mark();
}

function mark() {
  const input = document.getElementById("command-text");
  document.querySelectorAll("#command-list li").forEach((li, at) => {
    li.classList.toggle("on", at === chosen);
    li.setAttribute("aria-selected", String(at === chosen));
    if (at === chosen) li.scrollIntoView({ block: "nearest" });
  });
  input.setAttribute("aria-activedescendant", found.length ? `command-${chosen}` : "");
}

function run(at) {
  const offer = found[at];
  document.getElementById("command-bar").close();
  if (!offer) return;
  if (offer.href) location.assign(offer.href); else offer.run();
}

// The server answers {"items": [{"words", "icon", "href"}]}.
async function search(dialog, text) {
  const mine = ++asked;
  if (!dialog.dataset.search || text.trim().length < 2) return draw([], text);
  draw([], text);
  const answer = await fetch(`${dialog.dataset.search}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const { items } = await answer.json();
  draw(items.map((i) => ({ group: i.group || "cases", icon: i.icon || "ti-file", words: i.words, href: i.href })), text);
}

export function start() {
  const dialog = document.getElementById("command-bar");
  if (!dialog) return;
  const input = document.getElementById("command-text");
  const show = () => { input.value = ""; draw([], ""); open(dialog); };
  register("Ctrl+k", show, say("search"));
  document.querySelector("[data-command-bar]")?.addEventListener("click", show);
  let soon = 0;
  input.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(() => search(dialog, input.value), 120); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) { event.preventDefault(); chosen = (chosen + step + found.length) % found.length; mark(); }
    if (event.key === "Enter") { event.preventDefault(); run(chosen); }
  });
}
