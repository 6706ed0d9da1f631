// <dialog class="dlg" id="x"> opened by [data-open="x"], closed by [data-close], by Esc, by a click beside it. Without script a dialog is a page of its own.
export function open(dialog) {
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[autofocus], input:not([type=hidden]), textarea, select, button")?.focus();
}

export function start() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    const wanted = opener && document.getElementById(opener.dataset.open);
    if (wanted instanceof HTMLDialogElement) {
      event.preventDefault();
      open(wanted);
    } else if (event.target.closest("[data-close]")) {
      event.target.closest("dialog")?.close();
    } else if (event.target instanceof HTMLDialogElement) {
      event.target.close();
    }
  });
}
