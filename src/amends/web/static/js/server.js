// htmx: refusals (409, 422, 403) are pages too and are shown; a lost connection is said. The CSRF token stands in each form, never in headers.
import { say } from "./words.js";
import { toast } from "./toasts.js";

export function start() {
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if ([401, 403, 409, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.body.addEventListener("htmx:sendError", () => toast({ words: say("offline"), seconds: 8 }));
}
