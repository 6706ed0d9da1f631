// What happened, with an undo for ten seconds where there is one. From scripts, or from an answer's HX-Trigger: {"toast": {...}}.
export function toast({ words, action, href, onAction, seconds = 6 }) {
  const box = document.createElement("div");
  box.className = "toast-x";
  const text = document.createElement("span");
  text.textContent = words;
  box.append(text);
  if (action) {
    const button = document.createElement(href ? "a" : "button");
    if (href) button.href = href;
    button.textContent = action;
    button.addEventListener("click", () => { onAction?.(); box.remove(); });
    box.append(button);
  }
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), seconds * 1000);
  return box;
}

// Said at once by screen readers: refusals.
export function announce(words) {
  const said = document.getElementById("said");
  said.textContent = "";
  requestAnimationFrame(() => { said.textContent = words; });
}

export function start() {
  document.body.addEventListener("toast", (event) => toast(event.detail));
  for (const waiting of document.querySelectorAll("[data-toast]")) {
    toast({ words: waiting.dataset.toast, seconds: 6 });
    waiting.remove();
  }
}
