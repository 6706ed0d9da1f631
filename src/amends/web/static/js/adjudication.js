// The desk of disputes: replies put in without a journey, rules narrowed while typing. Everything here also works without it.
document.documentElement.classList.add("js");

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=template]");
  if (!button) return;
  event.preventDefault();
  for (const side of ["buyer", "merchant"]) {
    const box = document.getElementById(`j-words_${side}`);
    box.value = button.dataset[side];
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  button.closest("details").open = false;
  document.getElementById("j-words_buyer").dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("input", (event) => {
  if (!event.target.matches(".rules-find")) return;
  const wanted = event.target.value.trim().toLowerCase();
  for (const rule of document.querySelectorAll(".rule")) rule.hidden = Boolean(wanted) && !rule.textContent.toLowerCase().includes(wanted) && !rule.querySelector("input").checked;
});

// A menu that stands open closes when something else is pressed.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.more[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// The controls of the judgement belong to its form by name only: its draft is kept from here, a second after the last key and when the page is left.
let waiting = 0, typed = null;
function keep() {
  clearTimeout(waiting);
  if (!typed) return;
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(typed)) if (typeof value === "string") body.append(name, value);
  fetch(typed.dataset.draft, { method: "POST", body, keepalive: true, headers: { "X-Requested-With": "draft" } }).catch(() => {});
  typed = null;
}
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.id !== "judge") return;
  typed = form;
  clearTimeout(waiting);
  waiting = setTimeout(keep, 1000);
});
document.addEventListener("submit", () => { clearTimeout(waiting); typed = null; });
addEventListener("pagehide", keep);
