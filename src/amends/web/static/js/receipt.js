// Receipt: the scanner's field is always ready, plus and minus, findings that follow each other, photos told at once.
import { say } from "./words.js";
import { toast, announce } from "./toasts.js";

document.documentElement.classList.add("js");

// A barcode scanner types into whatever has the cursor: on the first page that is the scan field, whenever nothing else is used.
const scan = document.querySelector("[data-scan]");
if (scan) {
  scan.focus();
  document.addEventListener("keydown", (event) => {
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, textarea, select")) scan.focus();
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-less], [data-more]");
  if (!button) return;
  const input = document.getElementById(button.dataset.less ?? button.dataset.more);
  const next = Number(input.value || 0) + (button.dataset.more ? 1 : -1);
  input.value = Math.max(Number(input.min), Math.min(Number(input.max), next));
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

// What is found decides what is likely next, until somebody has chosen otherwise.
const form = document.querySelector("[data-receipt]");
const touched = new Set();
form?.addEventListener("change", (event) => {
  const { name } = event.target;
  if (event.isTrusted) touched.add(name);
  if (!["packaging", "appearance", "function", "accessories", "received", "condition"].includes(name)) return;
  const value = (n) => new FormData(form).get(n);
  const bad = value("appearance") === "damaged" || value("function") === "faulty";
  if (!touched.has("condition") && name !== "condition") choose("condition", bad ? "damaged" : value("accessories") === "missing" ? "missing" : "good");
  if (!touched.has("disposition")) choose("disposition", bad || value("condition") !== "good" ? "quarantine" : "sale");
});
function choose(name, value) {
  const field = form.elements[name];
  if (!field || field.value === value) return;
  field.value = value;
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || !input.dataset.photos) return;
  const most = Number(input.dataset.photos), large = [...input.files].find((f) => f.size >= 800 * 1024);
  const wrong = input.files.length > most ? say("photos_most", { n: most }) : large ? say("photo_large", { size: `${(large.size / 1048576).toFixed(1)} MB` }) : "";
  const label = input.closest("label").querySelector("[data-shot]");
  if (wrong) {
    input.value = "";
    toast({ words: wrong, seconds: 8 });
    announce(wrong);
  } else if (input.files.length && label) label.textContent = say("photos_ready", { n: input.files.length });
});

const told = new URL(location.href);
if (told.searchParams.has("done")) {
  told.searchParams.delete("done");
  history.replaceState(history.state, "", told);
}
