// The case page: evidence at full size, drafts while typing, who is typing, photos checked before they travel, printing.
import "./draft_files.js";
import { say } from "./words.js";
import { toast, announce } from "./toasts.js";

document.documentElement.classList.add("js");

// Evidence: every picture of the page in one row, arrow keys go through it.
const dialog = document.getElementById("photo");
let shown = 0;
const pictures = () => [...document.querySelectorAll("[data-evidence]")];

function show(step) {
  const all = pictures();
  if (!all.length) return;
  shown = (step + all.length) % all.length;
  const link = all[shown], small = link.querySelector("img");
  const image = dialog.querySelector("img"), video = dialog.querySelector("video"), plays = "video" in link.dataset;
  if (video) {
    video.pause();
    video.hidden = !plays;
    if (plays) video.src = link.href; else video.removeAttribute("src");
  }
  image.hidden = plays;
  if (!plays) {
    image.src = link.href;
    image.alt = small.alt;
  }
  dialog.querySelector("[data-caption]").textContent = `${shown + 1} / ${all.length} · ${link.closest("figure")?.querySelector("figcaption")?.textContent.trim() ?? small?.alt ?? ""}`;
  if (!dialog.open) dialog.showModal();
}

if (dialog) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-evidence]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      show(pictures().indexOf(link));
    }
    const step = event.target.closest("[data-step]");
    if (step) show(shown + Number(step.dataset.step));
  });
  dialog.addEventListener("close", () => dialog.querySelector("video")?.pause());
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") show(shown + 1);
    else if (event.key === "ArrowLeft") show(shown - 1);
    else return;
    event.preventDefault();
  });
}

// Drafts: what is typed into an open form is kept a second after the last key; its files are brought when they are chosen (draft_files.js).
let waiting = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  typing();
  if (!form || event.target.type === "file") return;
  clearTimeout(waiting);
  waiting = setTimeout(() => keep(form), 1000);
});
document.addEventListener("submit", () => clearTimeout(waiting));

function keep(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  fetch(form.dataset.draft, { method: "POST", body, headers: { "X-Requested-With": "draft" } }).catch(() => {});
}

// Others see a pencil while something is being typed here.
const here = document.querySelector("#here input[name=doing]");
let quiet = 0;
function typing() {
  if (!here) return;
  here.value = "typing";
  clearTimeout(quiet);
  quiet = setTimeout(() => { here.value = "looking"; }, 30e3);
}

// Photos: too many or too large is said at once, before anything is uploaded.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || !input.dataset.photos) return;
  const most = Number(input.dataset.photos), large = [...input.files].find((f) => f.size >= 800 * 1024);
  const wrong = input.files.length > most ? say("photos_most", { n: most }) : large ? say("photo_large", { size: size(large.size) }) : "";
  if (wrong) {
    input.value = "";
    toast({ words: wrong, seconds: 8 });
    announce(wrong);
  } else if (input.files.length && !input.form?.querySelector("[data-kept]")) toast({ words: say("photos_ready", { n: input.files.length }), seconds: 3 });
});
const size = (bytes) => (bytes >= 1024 * 1024 ? `${(bytes / 1024 / 1024).toFixed(1)} MB` : `${Math.round(bytes / 1024)} KB`);

// A reason that needs photos makes them needed: uploaded, or ticked among those the case has (SO-27).
function proof(form) {
  const input = form?.querySelector("input[type=file][data-photos]"), chosen = form?.querySelector("option[data-needs-photos]:checked");
  if (!input) return;
  input.required = Boolean(chosen) && !form.querySelector("[name=photos_kept]:checked");
  input.closest(".field").classList.toggle("needed", Boolean(chosen));
  const optional = input.closest(".field").querySelector(".lbl .q");
  if (optional) optional.hidden = Boolean(chosen);
}
document.addEventListener("change", (event) => proof(event.target.closest("form.do")));
document.body.addEventListener("htmx:afterSettle", () => proof(document.getElementById("do")));
proof(document.getElementById("do"));

// Evidence: pictures, documents and videos have each their own most.
const MOST = (file) => (file.type.startsWith("video/") ? 30 : file.type === "application/pdf" ? 10 : 0) * 1024 * 1024 || 800 * 1024;
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || !input.dataset.files) return;
  const most = Number(input.dataset.files), large = [...input.files].find((f) => f.size > MOST(f));
  const wrong = input.files.length > most ? say("files_most", { n: most }) : large ? say("file_large", { name: large.name, size: size(large.size), most: size(MOST(large)) }) : "";
  if (!wrong) return;
  input.value = "";
  toast({ words: wrong, seconds: 8 });
  announce(wrong);
});

// The form that was swapped in takes the cursor; the address bar forgets what was told once.
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "act") document.querySelector("#act .do-fields :is(input:not([type=hidden]), select, textarea)")?.focus();
});
const told = new URL(location.href);
if (told.searchParams.has("done")) {
  told.searchParams.delete("done");
  history.replaceState(history.state, "", told);
}
document.querySelector("[data-print]")?.addEventListener("click", () => print());

// While a form is open, Esc closes the form, not the page.
document.body.addEventListener("htmx:afterSettle", () => {
  const arrow = document.querySelector(".case-h > a");
  if (document.querySelector("#act.act-open")) delete arrow?.dataset.key; else if (arrow) arrow.dataset.key = "Escape";
});
