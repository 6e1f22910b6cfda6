// Every page works without scripts. These add comfort; each finds its own elements and does nothing where there are none.
import { watchCitations } from "./js/citations.js";
import { watchDesk } from "./js/desk.js";
import { watchForms } from "./js/forms.js";
import { tellTimeZone } from "./js/time_zone.js";
import { watchWords } from "./js/words.js";

document.documentElement.classList.add("scripted");
watchForms(document);
watchWords(document);
watchCitations(document);
watchDesk(document);
tellTimeZone(document);
