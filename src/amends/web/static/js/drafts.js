// Nothing typed is lost: a form with data-draft sends what stands in it half a second after the last key, and once more when the page is left.
import "./draft_files.js";
const forms = [...document.querySelectorAll("form[data-draft]")];

function body(form) {
  const data = new FormData(form);
  data.set("draft_case", form.dataset.draftCase);
  data.set("draft_command", form.dataset.draftCommand);
  data.set("draft_version", form.dataset.draftVersion ?? "");
  return data;
}

// Somebody may type before this script is there.
const typed = (form) => [...form.elements].some((one) => ["checkbox", "radio"].includes(one.type) ? one.checked !== one.defaultChecked : one.type !== "file" && "defaultValue" in one && one.value !== one.defaultValue);

for (const form of forms) {
  let soon = 0, dirty = typed(form);
  const save = () => {
    clearTimeout(soon);
    if (!dirty) return;
    dirty = false;
    navigator.sendBeacon(form.dataset.draft, body(form));
  };
  form.addEventListener("input", () => {
    dirty = true;
    clearTimeout(soon);
    soon = setTimeout(save, 500);
  });
  form.addEventListener("submit", () => { dirty = false; clearTimeout(soon); });
  addEventListener("pagehide", save);
  if (dirty) soon = setTimeout(save, 500);
}
