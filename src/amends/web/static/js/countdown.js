// Deadlines tick: each minute, each second in the last minute. The house's clock counts, not the browser's.
import { say } from "./words.js";

const meta = document.querySelector("meta[name=amends-now]");
const lead = meta ? Date.parse(meta.content) - Date.now() : 0;
export const houseNow = () => Date.now() + lead;

const HOUR = 3600e3;
const SHAPES = {
  calm: '<circle cx="6" cy="6" r="5" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M6 3.2V6l1.8 1.4" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"/>',
  soon: '<circle cx="6" cy="6" r="5" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M6 1a5 5 0 0 1 0 10z" fill="currentColor"/>',
  urgent: '<path d="M6 .8 11.6 11H.4z" fill="currentColor"/>',
  late: '<path d="M6 0l6 6-6 6-6-6z" fill="currentColor"/>',
  paused: '<path d="M2.5 1.5h2.5v9H2.5zM7 1.5h2.5v9H7z" fill="currentColor"/>',
};

export function span(ms) {
  const s = Math.floor(Math.abs(ms) / 1000), d = Math.floor(s / 86400), h = Math.floor(s / 3600) % 24, m = Math.floor(s / 60) % 60;
  if (d) return say("days", { d, h: String(h).padStart(2, "0") });
  if (h) return say("hours", { h, m: String(m).padStart(2, "0") });
  return m ? say("minutes", { m }) : say("seconds", { s });
}

export const level = (left) => (left < 0 ? "late" : left < HOUR ? "urgent" : left < 4 * HOUR ? "soon" : "calm");

function draw(badge) {
  const left = Date.parse(badge.dataset.due) - houseNow();
  // A suspension stops it from one instant to another, whenever the page was made (PO-15).
  const still = "stops" in badge.dataset && Date.parse(badge.dataset.stops) <= houseNow() && houseNow() < Date.parse(badge.dataset.goesOn);
  const now = still ? "paused" : left >= 0 && "hurries" in badge.dataset ? "urgent" : level(left);
  const words = still ? badge.dataset.still : left < 0 ? say("late", { span: span(left) }) : "long" in badge.dataset ? say("left", { span: span(left) }) : span(left);
  const text = badge.querySelector(".cd-w");
  if (text && text.textContent !== words) text.textContent = words;
  if (!badge.classList.contains(`cd-${now}`)) {
    badge.classList.remove("cd-calm", "cd-soon", "cd-urgent", "cd-late", "cd-paused");
    badge.classList.add(`cd-${now}`);
    const shape = badge.querySelector("svg");
    if (shape) shape.innerHTML = SHAPES[now];
  }
  return Math.abs(left) < 60e3;
}

function tick() {
  let hurry = false;
  if (!document.hidden) for (const badge of document.querySelectorAll(".cd[data-due]")) hurry = draw(badge) || hurry;
  setTimeout(tick, hurry ? 1000 : 15000);
}

export function start() {
  document.addEventListener("visibilitychange", () => document.hidden || document.querySelectorAll(".cd[data-due]").forEach(draw));
  document.addEventListener("htmx:afterSettle", (event) => event.target.querySelectorAll?.(".cd[data-due]").forEach(draw));
  tick();
}
