// A first page: j and k walk its lines, Enter opens the first or the one focused; every eight seconds (every minute in a hidden tab) the server says 304 or what is different.
import { register } from "./keys.js";
import { say } from "./words.js";

const NEAR = 8_000, FAR = 60_000;
const home = document.getElementById("home"), lamp = document.getElementById("home-lamp");
const lines = () => [...home.querySelectorAll("[data-line] > .day-open")];
let seal = `"${home.dataset.seal}"`, timer = 0;

function step(by) {
  const list = lines(), at = list.indexOf(document.activeElement);
  (list[at < 0 ? 0 : Math.min(Math.max(at + by, 0), list.length - 1)])?.focus();
}

async function ask() {
  clearTimeout(timer);
  const answer = await fetch(home.dataset.liveAt, { headers: { "If-None-Match": seal } }).catch(() => null);
  lamp?.classList.toggle("off", !answer?.ok && answer?.status !== 304);
  if (answer?.status === 200 && !answer.redirected) {
    seal = answer.headers.get("ETag") ?? seal;
    take(await answer.text());
  }
  timer = setTimeout(ask, document.hidden ? FAR : NEAR);
}

// What has the focus keeps it: a line is the same line when it says the same thing with another number.
function take(html) {
  const held = document.activeElement?.closest?.("[data-line]")?.dataset.line;
  home.innerHTML = html;
  if (held) home.querySelector(`[data-line="${CSS.escape(held)}"] > .day-open`)?.focus({ preventScroll: true });
  home.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true }));
}

register("j", () => step(1), say("key_down"));
register("k", () => step(-1), say("key_up"));
register("Enter", (event) => { if (event.target.closest("a, button, summary")) return false; lines()[0]?.click(); });
if (lamp) { lamp.hidden = false; lamp.classList.remove("off"); }
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
timer = setTimeout(ask, NEAR);
