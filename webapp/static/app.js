// Everything works without it; with it menus fold, errors take the focus, radios reveal their boxes, and the day's
// board reads itself again.
import { initAll } from "./vendor/govuk-frontend.js";
import { keepLive } from "./live.js";

initAll();
document.querySelectorAll("[data-live]").forEach(keepLive);
