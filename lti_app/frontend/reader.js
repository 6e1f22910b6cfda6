// The reader of a PDF or HTML reading. Loaded on its page alone.
import { openPdf } from "./reader/pdf.js";
import { openText } from "./reader/text.js";

/** @type {HTMLElement | null} */
const place = document.querySelector("[data-reader]");
if (place) (place.dataset.reader === "pdf" ? openPdf : openText)(place);
