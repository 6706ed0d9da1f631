// The queue by keyboard and mouse: the current row, choosing, the bulk bar with its effect before it is done, menus, copying the link.
import { register } from "./keys.js";
import { toast } from "./toasts.js";
import { live } from "./queue_live.js";
import { say } from "./words.js";

const form = document.getElementById("q-form");
const table = document.getElementById("q-table");
const all = document.getElementById("q-all");
const bulk = document.getElementById("q-bulk");
const rows = () => [...document.querySelectorAll("#q-rows > tr:not(.gone)")];
const box = (row) => row.querySelector("input[name=case]");
const chosen = () => rows().filter((r) => box(r)?.checked);
const whole = () => bulk?.querySelector("input[name=whole]");
let current = null, anchor = null, soon = 0, asked = 0, before = "";

function point(row, scroll = true) {
  current?.classList.remove("cur");
  current = row;
  if (!row) return;
  row.classList.add("cur");
  if (scroll) row.scrollIntoView({ block: "nearest" });
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
}

function step(by) {
  const list = rows();
  if (!list.length) return;
  const at = list.indexOf(current);
  point(list[Math.min(Math.max(at + by, 0), list.length - 1)] ?? list[0]);
}

function choose(row, on) {
  if (!row || !box(row)) return;
  box(row).checked = on ?? !box(row).checked;
  anchor = row;
  refresh();
}

function range(row) {
  const list = rows(), from = list.indexOf(anchor ?? row), to = list.indexOf(row);
  if (to < 0) return;
  for (const r of list.slice(Math.min(from, to), Math.max(from, to) + 1)) if (box(r)) box(r).checked = true;
  anchor = row;
  refresh();
}

function none() {
  for (const r of rows()) if (box(r)) box(r).checked = false;
  if (whole()) whole().checked = false;
  refresh();
}

// What is chosen, in words and on the rows; the effect is asked for a moment after the last change.
function refresh() {
  const list = chosen(), n = whole()?.checked ? form.dataset.found : list.length;
  for (const r of rows()) {
    const on = Boolean(box(r)?.checked);
    r.classList.toggle("sel", on);
    r.toggleAttribute("aria-selected", false);
    if (on) r.setAttribute("aria-selected", "true");
  }
  if (all) {
    all.checked = list.length > 0 && list.length === rows().length;
    all.indeterminate = list.length > 0 && !all.checked;
  }
  if (!bulk) return;
  bulk.hidden = !list.length && !whole().checked;
  const count = document.getElementById("q-count"), of = document.getElementById("q-chosen"), take = document.getElementById("q-whole");
  count.textContent = count.dataset.words.replace("%n", n);
  of.textContent = of.dataset.words.replace("%n", n).replace("%m", form.dataset.found);
  of.hidden = bulk.hidden;
  take.textContent = take.dataset.words;
  take.hidden = bulk.hidden || whole().checked || form.dataset.found === String(list.length);
  clearTimeout(soon);
  const now = `${whole().checked} ${list.map((r) => r.id).join()}`;
  if (now !== before) delete bulk.querySelector(`[data-verb="${form.dataset.lead}"]`)?.dataset.ready;  // what stands above the button is of the choice before
  before = now;
  if (!bulk.hidden) soon = setTimeout(effect, 150);
}

async function effect() {
  const lead = form.dataset.lead, line = document.getElementById("q-effect"), button = bulk.querySelector(`[data-verb="${lead}"]`);
  if (!button) return;
  const mine = ++asked, data = new FormData(form);
  data.set("command", lead);
  const answer = await fetch(form.dataset.effect, { method: "POST", body: data }).catch(() => null);
  if (mine !== asked || !answer?.ok) return;
  const { html, label, will } = await answer.json();
  line.innerHTML = html;
  if (!label) return;
  button.querySelector(".lbl-verb").textContent = label;
  button.disabled = will === 0;
  button.dataset.ready = "1";
}

// The primary button does it at once, since its effect stands above it; the others ask for what they need on a page of their own.
function submit(event) {
  const verb = event.submitter?.dataset.verb;
  if (!verb || event.submitter.hasAttribute("formaction")) return;
  if (verb !== "claim" && verb !== "release" && !(verb === form.dataset.lead && event.submitter.dataset.ready)) return;
  form.action = form.dataset.start;
  const id = document.createElement("input");
  id.type = "hidden";
  id.name = "batch";
  id.value = form.dataset.batch;
  form.append(id);
}

function act(verb) {
  const button = bulk?.querySelector(`[data-verb="${verb}"]`);
  if (!button) return false;
  if (!chosen().length && !whole().checked) {
    if (!current) step(0);
    if (!current) return false;
    choose(current, true);
    if (verb === form.dataset.lead && verb !== "claim") return true;
  }
  if (!button.disabled) form.requestSubmit(button);
  return true;
}

function open(row) {
  const link = row?.querySelector("[data-open-case]");
  if (link) location.assign(link.href);
  return Boolean(link);
}

function leave() {
  const menu = document.querySelector("details.menu[open]");
  if (menu) menu.open = false;
  else if (bulk && !bulk.hidden) none();
  else if (new URL(location.href).search) location.assign(location.pathname);
  else return false;
  return true;
}

function keyboard() {

  register("j", () => step(1), say("key_down"));
  register("k", () => step(-1), say("key_up"));
  register("ArrowDown", () => step(1));
  register("ArrowUp", () => step(-1));
  register("x", () => choose(current), say("key_choose"));
  register("Shift+x", () => range(current), say("key_range"));
  register("Enter", (event) => (event.target.closest("a, button, summary, input") && !event.target.closest("[data-open-case]") ? false : open(current)), say("key_open"));
  register("n", () => open(rows()[rows().indexOf(current) + 1] ?? rows()[0]), say("key_next"));
  for (const [key, verb] of [["a", form.dataset.lead], ...[...bulk?.querySelectorAll("[data-verb][data-key]") ?? []].map((b) => [b.dataset.key, b.dataset.verb])]) {
    if (key === "c" && document.getElementById("q-take")) {
      register("c", () => (current || chosen().length || whole()?.checked ? act("claim") : document.getElementById("q-take").click()), bulk?.querySelector('[data-verb="claim"] .lbl-verb').textContent);
      continue;
    }
    if (bulk?.querySelector(`[data-verb="${verb}"]`)) register(key, () => act(verb), bulk.querySelector(`[data-verb="${verb}"] .lbl-verb`).textContent);
  }
  register("/", () => { document.querySelector("[data-command-bar]")?.click(); }, say("search"));
  register("Escape", leave, say("key_back"));
  for (const [key, queue] of [["r", "review"], ["s", "receipt"], ["p", "processing"], ["w", "waiting"], ["d", "done"], ["a", "all"], ["c", "cancel-review"]]) {
    const link = document.querySelector(`#navigation a[href="/m/q/${queue}"]`);
    if (link) register(`g ${key}`, () => location.assign(link.href), link.title);
  }
  register("g h", () => location.assign("/m/home"), say("key_home"));
}

function mouse() {
  table?.addEventListener("click", (event) => {
    const row = event.target.closest("#q-rows > tr");
    if (!row || row.classList.contains("gone")) return;
    if (event.target.matches("input[name=case]")) {
      if (event.shiftKey && anchor) range(row); else { anchor = row; refresh(); }
      return point(row, false);
    }
    if (event.target.closest(".c-chk")) return choose(row);
    if (!event.target.closest("a, button") && !getSelection().toString()) open(row);
  });
  all?.addEventListener("change", () => { for (const r of rows()) if (box(r)) box(r).checked = all.checked; refresh(); });
  document.getElementById("q-none")?.addEventListener("click", none);
  document.getElementById("q-whole")?.addEventListener("click", () => { whole().checked = true; refresh(); });
  whole()?.addEventListener("change", refresh);
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  const link = document.getElementById("q-link");
  if (link) {
    link.hidden = false;
    link.addEventListener("click", async () => {
      await navigator.clipboard?.writeText(new URL(link.dataset.link, location.href).href);
      toast({ words: link.dataset.done });
    });
  }
}

function strip() {
  const done = document.getElementById("q-done");
  if (!done) return;
  history.replaceState(null, "", location.href.replace(/([?&])done=[^&]*&?/, "$1").replace(/[?&]$/, ""));
  done.querySelector("[data-strip-close]").addEventListener("click", (event) => { event.preventDefault(); done.remove(); });
  setTimeout(() => done.remove(), 10_000);
}

document.documentElement.classList.add("js");
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
if (form) {
  if (bulk) {
    bulk.hidden = true;
    document.getElementById("q-whole-box").hidden = true;
    for (const id of ["q-count", "q-none"]) document.getElementById(id).hidden = false;
    form.addEventListener("submit", submit);
  }
  if (all) all.hidden = false;
  keyboard();
  mouse();
  strip();
  refresh();
  live(form, { rows, current: () => current, changed: refresh });
}
