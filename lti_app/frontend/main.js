// Every page works without scripts. These add comfort; each finds its own elements and does nothing where there are none.
import { watchComposers } from "./js/composer.js";
import { watchCopying } from "./js/copying.js";
import { watchDesk } from "./js/desk.js";
import { watchDrafts } from "./js/drafts.js";
import { watchForms } from "./js/forms.js";
import { watchGuidance } from "./js/guidance.js";
import { watchMenus } from "./js/menus.js";
import { watchQuoting } from "./js/quoting.js";
import { watchRubric } from "./js/rubric.js";
import { watchThread } from "./js/thread.js";
import { tellTimeZone } from "./js/time_zone.js";
import { watchVersions } from "./js/versions.js";
import { watchWords } from "./js/words.js";

document.documentElement.classList.add("scripted");
watchForms(document);
watchWords(document);
watchDrafts(document);
watchGuidance(document);
watchComposers(document);
watchQuoting(document);
watchCopying(document);
watchDesk(document);
watchMenus(document);
watchRubric(document);
watchThread(document);
watchVersions(document);
tellTimeZone(document);
