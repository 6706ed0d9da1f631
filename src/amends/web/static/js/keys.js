// The keyboard: register("a", fn), register("g q", fn), register("Shift+x", fn), register("Ctrl+k", fn). Never while typing (but Ctrl and Esc).
const table = new Map(), named = new Map();
let prefix = "", forget = 0;

// data-key="a" on a button, link or form makes the key press it, without any script of its own.
// `words`: what it does, for the list under "?".
export function register(key, run, words = "") {
  table.set(key, run);
  if (words) named.set(key, words);
  return () => table.delete(key);
}

export function typing(target = document.activeElement) {
  return Boolean(target?.closest?.("input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [contenteditable]"));
}

function name(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && (event.key.length > 1 || /[a-z]/i.test(event.key));
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${shift ? "Shift+" : ""}${key}`;
}

function press(wanted) {
  const open = document.querySelector("dialog[open]");
  const found = [...(open ?? document).querySelectorAll("[data-key]")].find((e) => e.dataset.key === wanted && !e.disabled && e.getAttribute("aria-disabled") !== "true" && e.checkVisibility());
  if (!found) return false;
  if (found.matches("input, select, textarea")) found.focus(); else found.click();
  return true;
}

function dispatch(event) {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const key = name(event);
  if (typing(event.target) && !key.startsWith("Ctrl+") && key !== "Escape") return;
  if (document.querySelector("dialog[open]") && !key.startsWith("Ctrl+")) return;
  const wanted = prefix ? `${prefix} ${key}` : key;
  prefix = "";
  const run = table.get(wanted);
  if (run ? run(event) !== false : press(wanted)) return event.preventDefault();
  if ([...table.keys()].some((k) => k.startsWith(`${key} `)) || document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
    prefix = key;
    clearTimeout(forget);
    forget = setTimeout(() => { prefix = ""; }, 1200);
  }
}

// The list under "?": what the page's buttons say, and what scripts have registered with words.
function list() {
  const rows = new Map(named);
  for (const e of document.querySelectorAll("[data-key]")) {
    const words = e.dataset.command || e.getAttribute("aria-label") || [...e.childNodes].filter((n) => n.nodeName !== "KBD").map((n) => n.textContent).join(" ");
    if (!rows.has(e.dataset.key)) rows.set(e.dataset.key, words.trim().replace(/\s+/g, " "));
  }
  const box = document.getElementById("keys-list");
  box?.replaceChildren();
  for (const [key, words] of rows) {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    for (const part of key.split(/[ +]/)) {
      const kbd = document.createElement("kbd");
      kbd.textContent = part.length === 1 ? part.toUpperCase() : part;
      dt.append(kbd, " ");
    }
    dd.textContent = words;
    box?.append(dt, dd);
  }
}

export function start() {
  document.addEventListener("keydown", dispatch);
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  dialog.addEventListener("toggle", list);
  document.addEventListener("click", (event) => event.target.closest("[data-open=keys]") && list());
  table.set("?", () => { list(); dialog.showModal(); });
}
