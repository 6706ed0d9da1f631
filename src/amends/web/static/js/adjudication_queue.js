// The queue of disputes by keyboard: j k move, x selects, Shift x a range, Enter opens. Without it the links and boxes do the same.
import { register } from "./keys.js";

document.documentElement.classList.add("js");
const rows = [...document.querySelectorAll("tr[data-row]")];
let at = -1, from = -1;

function go(to) {
  if (!rows.length) return;
  rows[at]?.classList.remove("cur");
  at = Math.max(0, Math.min(rows.length - 1, to));
  rows[at].classList.add("cur");
  rows[at].scrollIntoView({ block: "nearest" });
}
const box = (n) => rows[n]?.querySelector("input[name=case]");

register("j", () => go(at + 1));
register("k", () => go(at - 1));
register("x", () => { const one = box(at); if (!one) return; one.checked = !one.checked; from = at; count(); });
register("Shift+x", () => { for (let n = Math.min(from, at); n <= Math.max(from, at); n += 1) if (box(n)) box(n).checked = true; count(); });
register("Enter", () => rows[at]?.querySelector("[data-open-row]")?.click());

const all = document.querySelector("[data-all]"), told = document.querySelector("[data-chosen]");
if (all) all.hidden = false;
function count() {
  const n = rows.filter((_, i) => box(i)?.checked).length;
  if (told) told.textContent = n ? told.dataset.words.replace("{n}", n) : "";
  if (all) { all.checked = n > 0 && n === rows.length; all.indeterminate = n > 0 && n < rows.length; }
  rows.forEach((row, i) => row.classList.toggle("sel", Boolean(box(i)?.checked)));
}
all?.addEventListener("change", () => { rows.forEach((_, i) => { if (box(i)) box(i).checked = all.checked; }); count(); });
document.addEventListener("change", (event) => { if (event.target.name === "case") count(); });
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-row]");
  if (row && !event.target.closest("a, input, label, button")) row.querySelector("[data-open-row]").click();
  for (const menu of document.querySelectorAll("details.more[open]")) if (!menu.contains(event.target)) menu.open = false;
});
addEventListener("pageshow", count);

// Counts change in place, every half minute while the page is looked at.
const bar = document.querySelector("[data-live-at]");
async function look() {
  if (document.hidden) return;
  const answer = await fetch(bar.dataset.liveAt, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const { tabs, nav } = await answer.json();
  for (const [tab, n] of Object.entries(tabs)) { const at = bar.querySelector(`[data-tab="${tab}"]`); if (at) at.textContent = n; }
  for (const [key, n] of Object.entries(nav)) { const at = document.querySelector(`.nav-x [data-count="${key}"]`); if (at) at.textContent = n; }
}
if (bar) setInterval(look, 30e3);
