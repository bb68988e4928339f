// Everything works without it; with it menus fold, errors take the focus and radios reveal their boxes.
import { initAll } from "./vendor/govuk-frontend.js";

initAll();
