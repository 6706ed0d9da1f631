// The theme changes at once; the form still goes to the server so that the next page knows.
export function start() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-theme-switch]") || !event.submitter) return;
    event.preventDefault();
    const chosen = event.submitter.value;
    document.documentElement.dataset.theme = chosen;
    const body = new FormData(event.target, event.submitter);
    fetch(event.target.action, { method: "POST", body, redirect: "manual" });
    for (const button of event.target.querySelectorAll("button")) {
      button.classList.toggle("on", button === event.submitter);
      if (button === event.submitter) button.setAttribute("aria-pressed", "true"); else button.removeAttribute("aria-pressed");
    }
  });
}
