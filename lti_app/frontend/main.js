// Every page works without scripts. These add comfort; each finds its own elements and does nothing where there are none.
import { watchAnnotating } from "./js/annotating.js";
import { watchCitations } from "./js/citations.js";
import { watchComposers } from "./js/composer.js";
import { watchCopying } from "./js/copying.js";
import { watchCounts } from "./js/counts.js";
import { watchDesk } from "./js/desk.js";
import { watchDrafts } from "./js/drafts.js";
import { watchForms } from "./js/forms.js";
import { watchGuidance } from "./js/guidance.js";
import { watchLiking } from "./js/liking.js";
import { watchMenus } from "./js/menus.js";
import { watchQuoting } from "./js/quoting.js";
import { watchReplying } from "./js/replying.js";
import { watchRequirements } from "./js/requirements.js";
import { watchRubric } from "./js/rubric.js";
import { watchStarting } from "./js/starting.js";
import { watchThread } from "./js/thread.js";
import { tellTimeZone } from "./js/time_zone.js";
import { watchVersions } from "./js/versions.js";
import { watchWords } from "./js/words.js";

document.documentElement.classList.add("scripted");
watchWriting(document);
watchStarting(document, watchWriting);
watchQuoting(document);
watchCopying(document);
watchCounts(document);
watchCitations(document);
watchDesk(document);
watchAnnotating(document);
watchLiking(document);
watchMenus(document);
watchRequirements(document);
watchRubric(document);
watchThread(document);
watchReplying(document, watchWriting);
watchVersions(document);
tellTimeZone(document);

// Also of forms that come later.
function watchWriting(part) {
  watchForms(part);
  watchWords(part);
  watchDrafts(part);
  watchGuidance(part);
  watchComposers(part);
}
