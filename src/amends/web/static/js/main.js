// Every page: small modules, no build step. A page of its own adds <script type="module"> in the block "scripts".
import * as commandBar from "./command_bar.js";
import * as countdown from "./countdown.js";
import * as dialogs from "./dialogs.js";
import * as here from "./here.js";
import * as keys from "./keys.js";
import * as once from "./once.js";
import * as preferences from "./preferences.js";
import * as server from "./server.js";
import * as toasts from "./toasts.js";

for (const part of [commandBar, countdown, dialogs, here, keys, preferences, server, toasts, once]) part.start();
