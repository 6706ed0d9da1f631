// The queue stays true by itself: every eight seconds (every minute in a hidden tab) the server says 304 or what is different.
// Rows change in place; one that has left stays, greyed, until the pointer leaves the table; new ones wait behind a button, so that nothing jumps.
const NEAR = 8_000, FAR = 60_000;

export function live(form, { rows, current, changed }) {
  const lamp = document.getElementById("q-live"), fresh = document.getElementById("q-fresh"), body = () => document.getElementById("q-rows");
  let seal = `"${form.dataset.seal}-${document.documentElement.lang.slice(0, 2)}"`, timer = 0;
  lamp.hidden = false;

  async function ask() {
    clearTimeout(timer);
    const answer = await fetch(form.dataset.liveAt + location.search, { headers: { "If-None-Match": seal } }).catch(() => null);
    lamp.classList.toggle("off", !answer);
    if (answer?.status === 200) {
      seal = answer.headers.get("ETag") ?? seal;
      take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }
    timer = setTimeout(ask, document.hidden ? FAR : NEAR);
  }

  function take(page) {
    for (const name of ["live", "tab", "switch", "count"]) {
      for (const place of document.querySelectorAll(`[data-${name}]`)) {
        const said = page.querySelector(`[data-${name}="${CSS.escape(place.dataset[name])}"]`);
        if (said && said.textContent !== place.textContent) place.textContent = said.textContent;
      }
    }
    for (const place of document.querySelectorAll("[data-live-hide]")) place.hidden = page.querySelector(`[data-live="${place.dataset.liveHide}"]`)?.textContent === "0";
    const found = page.querySelector('[data-live="found"]');
    if (found) form.dataset.found = found.textContent;
    document.getElementById("q-people").innerHTML = page.getElementById("q-people").innerHTML;
    if (body()) merge([...page.querySelectorAll("#q-rows > tr")]); else if (page.querySelector("#q-rows > tr")) offer(page.querySelectorAll("#q-rows > tr").length);
    changed();
  }

  function merge(now) {
    const by = new Map(now.map((row) => [row.id, row]));
    for (const old of rows()) {
      const row = by.get(old.id);
      by.delete(old.id);
      if (!row) leave(old);
      else if (row.dataset.v !== old.dataset.v) replace(old, row);
    }
    for (const [id] of by) if (document.getElementById(id)?.classList.contains("gone")) by.delete(id);
    offer(by.size);
  }

  function replace(old, row) {
    const ticked = old.querySelector("input[name=case]")?.checked ?? false, focused = old.contains(document.activeElement);
    for (const name of old.classList) if (name !== "busy") row.classList.add(name);
    const tick = row.querySelector("input[name=case]");
    if (tick) tick.checked = ticked;
    old.replaceChildren(...row.childNodes);
    old.className = row.className;
    old.dataset.v = row.dataset.v;
    if (focused) old.querySelector("[data-open-case]")?.focus({ preventScroll: true });
  }

  function leave(row) {
    row.classList.add("gone");
    row.classList.remove("sel");
    const tick = row.querySelector("input[name=case]");
    if (tick) tick.checked = !(tick.disabled = true);
    if (!row.closest("table").matches(":hover") && row !== current()) row.remove();
  }

  function offer(n) {
    fresh.hidden = n === 0;
    fresh.textContent = fresh.dataset.words.replace("%n", n);
  }

  fresh.addEventListener("click", () => location.reload());
  document.addEventListener("pointerover", (event) => {
    if (!event.target.closest?.("#q-table")) for (const row of document.querySelectorAll("#q-rows > tr.gone")) if (row !== current()) row.remove();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  addEventListener("pagehide", () => {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    data.set("case", form.dataset.place);
    data.set("doing", "gone");
    navigator.sendBeacon(form.dataset.presence, data);
  });
  timer = setTimeout(ask, NEAR);
}
