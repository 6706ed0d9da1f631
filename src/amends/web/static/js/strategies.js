// Strategies: the form follows what is chosen, rows are dragged to their place, one open switch at a time. Without scripts buttons do all of it.

import { lost, tellSignedOut } from "./signed_out.js";
import { say } from "./words.js";
import { toast } from "./toasts.js";

document.documentElement.classList.add("js");

// The form drawn anew for what was chosen. Whatever is typed while the answer is on its way is put back; an answer that was overtaken is dropped.
const named = (form) => {
  const all = new Map();
  for (const [name, value] of new FormData(form)) all.set(name, [...(all.get(name) ?? []), value]);
  return all;
};
const put = (form, name, values) => {
  const fields = [...form.elements].filter((field) => field.name === name && field.type !== "hidden");
  fields.forEach((field, i) => {
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else if (values[i] !== undefined) field.value = values[i];
  });
};
let turn = 0;
const drawn = async (form, body) => {
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body }).catch(() => null);
  if (answer && lost(answer.status, answer.url)) {
    tellSignedOut();
    return null;
  }
  const made = new DOMParser().parseFromString(answer ? await answer.text() : "", "text/html").getElementById("rowform");
  if (!made) toast({ words: say("offline"), seconds: 8 });
  return made;
};
const again = async (form, button) => {
  const mine = ++turn;
  const sent = named(form);
  const body = new URLSearchParams(new FormData(form));
  body.set(button?.name ?? "look", button?.value ?? "1");
  const made = await drawn(form, body);
  if (mine !== turn || !made) return;
  const old = document.getElementById("rowform");
  const now = named(old);
  const at = document.activeElement?.id;
  old.replaceWith(made);
  for (const name of new Set([...sent.keys(), ...now.keys()])) {
    const [then, here] = [sent.get(name) ?? [], now.get(name) ?? []];
    if (then.join("\n") !== here.join("\n") && !(button?.name === "drop" && name.includes("."))) put(made, name, here);
  }
  const next = button?.name === "add" ? [...made.querySelectorAll("[id^=f-fact-]")].pop() : at && document.getElementById(at);
  if (next) next.focus();
  remember(made);
};

// What is typed outlives the page, in this tab only: a session that ended, a reload, the way back. It goes when the row is kept or left.
const OWN = ["csrfmiddlewaretoken", "revision", "once"];
const place = (path) => `amends-row ${path}`;
const typed = (form) => JSON.stringify([...new FormData(form)].filter(([name, value]) => !OWN.includes(name) && typeof value === "string"));
const remember = (form) => sessionStorage.setItem(place(location.pathname), typed(form));
const restore = async (form) => {
  const kept = sessionStorage.getItem(place(location.pathname));
  if (!kept || kept === typed(form)) return;
  const body = new URLSearchParams(JSON.parse(kept));
  for (const name of OWN) body.set(name, form.elements[name].value);
  body.set("look", "1");
  const made = await drawn(form, body);
  if (!made) return;
  document.getElementById("rowform").replaceWith(made);
  toast({ words: say("restored"), action: say("drop_restored"), seconds: 12, onAction: () => { sessionStorage.removeItem(place(location.pathname)); location.reload(); } });
};
for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.closest?.("#rowform");
    if (form) remember(form);
  });
}
const open = document.getElementById("rowform");
if (open) restore(open);
else if (document.referrer) sessionStorage.removeItem(place(new URL(document.referrer).pathname));
document.addEventListener("change", (event) => {
  const select = event.target.closest?.("#rowform [data-again], #rowform [name=offer]");
  if (select) again(select.form);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#rowform button[data-again]");
  if (button) {
    event.preventDefault();
    again(button.form, button);
  }
  for (const open of document.querySelectorAll("details[data-pop][open]")) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details[data-pop][open]")) {
    open.open = false;
    open.querySelector("summary").focus();
    event.stopPropagation();
  }
}, true);

// What opens near the lower edge would hide its own button.
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details[data-pop]") && event.target.open) event.target.lastElementChild.scrollIntoView({ block: "nearest" });
}, true);

// Dragging: the row goes before the one it is dropped on; the form of its own button carries it.
const body = document.querySelector("[data-sorts]");
let held = null;
const rowOf = (event) => event.target.closest?.("tr[data-row]");
const clear = () => body.querySelectorAll(".dragging, .drop").forEach((row) => row.classList.remove("dragging", "drop"));
if (body) {
  body.addEventListener("dragstart", (event) => {
    held = rowOf(event);
    if (!held) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", held.dataset.row);
    event.dataTransfer.setDragImage(held, 12, 12);
    held.classList.add("dragging");
  });
  body.addEventListener("dragover", (event) => {
    const over = rowOf(event);
    if (!held || !over || over === held) return;
    event.preventDefault();
    body.querySelectorAll(".drop").forEach((row) => row.classList.remove("drop"));
    over.classList.add("drop");
  });
  body.addEventListener("drop", (event) => {
    const over = rowOf(event);
    if (!held || !over || over === held) return;
    event.preventDefault();
    const form = held.querySelector("form");
    form.elements.way.value = "before";
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "before", value: over.dataset.row }));
    form.submit();
  });
  body.addEventListener("dragend", () => { held = null; clear(); });
}
