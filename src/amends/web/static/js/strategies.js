// Strategies: the form follows what is chosen, rows are dragged to their place, one open switch at a time. Without scripts buttons do all of it.

document.documentElement.classList.add("js");
document.addEventListener("change", (event) => {
  const select = event.target.closest?.("[data-again]");
  if (select) window.htmx.trigger(select.form, "again");
});

let added = false;
document.addEventListener("click", (event) => {
  added = Boolean(event.target.closest?.("button[name=add]"));
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
document.addEventListener("htmx:afterSettle", () => {
  if (!added) return;
  added = false;
  [...document.querySelectorAll("[id^=f-fact-]")].pop()?.focus();
});

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
