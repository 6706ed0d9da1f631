// The session ended while a page is open: said once, with a way to sign in beside the page, so that what is typed stays where it is.
import { say } from "./words.js";
import { toast } from "./toasts.js";

let told = null;

// Whether an answer says that nobody is signed in: refused as such, or led to the sign-in page.
export const lost = (status, url) => status === 401 || (url ? new URL(url, location.href).pathname === "/sign-in" : false);

export function tellSignedOut() {
  if (told?.isConnected) return;
  told = toast({ words: say("signed_out"), action: say("sign_in"), href: `/sign-in?next=${encodeURIComponent("/me")}`, seconds: 60 });
  const link = told.querySelector("a");
  if (link) link.target = "_blank";
}
