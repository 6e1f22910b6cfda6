// A PDF: opened in parts as they are needed, its programs never run.

import { GlobalWorkerOptions, getDocument } from "pdfjs-dist/build/pdf.min.mjs";
import { watchKeys } from "../js/keys.js";
import { Choice } from "./choice.js";
import { pageLabels } from "./labels.js";
import { Links } from "./links.js";
import { Pages } from "./pages.js";
import { Passages } from "./passages.js";
import { Place } from "./place.js";
import { Search } from "./search.js";
import { press, watchTools } from "./tools.js";

const PART = 2 ** 17;

export async function openPdf(area) {
  /** @type {any} */
  const status = document.querySelector("[data-status]");
  const say = (words) => (status.textContent = words);
  GlobalWorkerOptions.workerSrc = area.dataset.worker;
  const { url, parts } = area.dataset;
  let pdf;
  try {
    pdf = await getDocument({
      url,
      rangeChunkSize: PART,
      disableStream: true,
      disableAutoFetch: true,
      cMapUrl: `${parts}cmaps/`,
      standardFontDataUrl: `${parts}standard_fonts/`,
      wasmUrl: `${parts}wasm/`,
      useWasm: false,
      enableXfa: false,
      stopAtErrors: false,
      verbosity: 0,
    }).promise;
    await open(area, pdf, say);
  } catch (error) {
    tellTrouble(area, error);
  }
}

function tellTrouble(area, error) {
  /** @type {any} */
  const trouble = document.querySelector("[data-trouble]");
  const kinds = { PasswordException: "locked", InvalidPDFException: "broken", ResponseException: "missing" };
  trouble.textContent = trouble.dataset[kinds[error?.name] ?? "broken"];
  trouble.hidden = false;
  area.hidden = true;
}

async function open(area, pdf, say) {
  const labels = await pdf.getPageLabels().catch(() => null);
  const first = Number(area.dataset.firstPage);
  // What the instructor said is printed there goes before what the file says of itself.
  const called = pageLabels(labels, pdf.numPages, first);
  const label = (number) => called[number - 1] ?? String(number);
  const pages = new Pages(area, pdf, label);
  const tools = document.querySelector("[data-tools]");
  const search = new Search(tools, pages, say);
  const choice = new Choice(area, say, (node) => {
    const box = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest("[data-page]");
    return box && { page: box.dataset.page, whole: box.querySelector(".textLayer") ?? box };
  });
  const passages = new Passages(area, pages, say);
  new Links(area, pages);
  const help = document.querySelector("dialog.keys");
  const acts = actsOf(tools, pages, search, choice, help);
  watchTools(tools, acts);
  watchKeys(document, help, (key) => press(acts, key));
  await pages.lay();
  watchPage(tools, pages, new Place(area));
  say(area.dataset.opened.replace("{last}", pdf.numPages));
  await passages.show();
  area.dataset.ready = "yes";
}

function actsOf(tools, pages, search, choice, help) {
  const zoom = (by) => {
    pages.setZoom(pages.zoom * by);
    tools.querySelector("[data-zoom]").value = `${Math.round(pages.zoom * 100)}%`;
  };
  return {
    next: () => pages.go(pages.current() + 1),
    previous: () => pages.go(pages.current() - 1),
    larger: () => zoom(1.25),
    smaller: () => zoom(0.8),
    search: () => search.field.focus(),
    "next-match": () => search.step(1),
    "previous-match": () => search.step(-1),
    cite: () => cite(pages, search, choice),
    keys: () => help.showModal(),
  };
}

// The selected words; without any, the words that were searched for; else the page.
function cite(pages, search, choice) {
  const match = choice.chosen ? null : search.range();
  if (match) choice.choose(match, false);
  const page = pages.label(pages.current());
  choice.byHand(choice.chosen ?? { page });
}

function watchPage(tools, pages, place) {
  const field = tools.querySelector("[data-page-field]");
  const count = tools.querySelector("[data-page-count]");
  count.textContent = count.dataset.words.replace("{last}", pages.label(pages.sheets.length));
  const tell = () => {
    const page = pages.label(pages.current());
    if (document.activeElement !== field) field.value = page;
    place.at({ page });
  };
  let waiting = false;
  addEventListener(
    "scroll",
    () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        tell();
      });
    },
    { passive: true },
  );
  field.addEventListener("change", () => {
    const number = pages.numberOf(field.value);
    if (number) pages.go(number);
    else field.value = pages.label(pages.current());
  });
  tell();
}
