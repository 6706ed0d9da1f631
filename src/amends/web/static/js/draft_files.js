// Files chosen in a form that keeps its draft go up at once and stay with it; where that fails they are sent with the form, as without this.
import { say } from "./words.js";
import { toast } from "./toasts.js";

let before = Promise.resolve(), leaving = new AbortController();
document.addEventListener("submit", () => { leaving.abort(); leaving = new AbortController(); });

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
  const form = input.form, address = form?.dataset.draft ?? form?.dataset.typed;
  const box = input.closest(".field, fieldset, form")?.querySelector("[data-kept]");
  // What is too large or too many has been taken out again by then, with the reason.
  if (address && box) setTimeout(() => { before = before.then(() => bring(form, input, address, box)); }, 0);
});

async function bring(form, input, address, box) {
  if (!input.files.length || !input.isConnected) return;
  const body = new FormData(form);
  body.set("draft_file", input.name);
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  if (token && !body.has(token.name)) body.set(token.name, token.value);
  input.classList.add("is-busy");
  const answer = await fetch(address, { method: "POST", body, headers: { "X-Requested-With": "draft" }, signal: leaving.signal }).catch(() => null);
  input.classList.remove("is-busy");
  if (answer?.status === 422) toast({ words: await answer.text(), seconds: 8 });
  if (!answer || answer.status !== 200) return;
  box.innerHTML = await answer.text();
  input.value = "";
  input.required = false;
  input.dispatchEvent(new CustomEvent("kept", { bubbles: true }));
  toast({ words: say("files_kept"), seconds: 3 });
}
