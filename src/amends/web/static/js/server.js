// htmx: refusals (409, 422, 403) are pages too and are shown; a lost connection is said. The CSRF token stands in each form, never in headers.
import { say } from "./words.js";
import { lost, tellSignedOut } from "./signed_out.js";
import { toast } from "./toasts.js";

export function start() {
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (location.pathname !== "/sign-in" && lost(xhr.status, xhr.responseURL)) {
      event.detail.shouldSwap = false;
      event.detail.isError = false;
      tellSignedOut();
      return;
    }
    if ([403, 409, 422].includes(xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.body.addEventListener("htmx:sendError", () => toast({ words: say("offline"), seconds: 8 }));
}
