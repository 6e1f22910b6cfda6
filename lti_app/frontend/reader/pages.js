// The pages of a PDF, one below the other. Each has its size from the start; only those near the window are drawn, and
// those far from it are given up again, so that three hundred pages cost no more than five.

import { OutputScale, TextLayer } from "pdfjs-dist/build/pdf.min.mjs";

const CSS_UNITS = 96 / 72;
const NEAR = "100% 0px",
  FAR = "400% 0px";
const MOST_PIXELS = 2 ** 24;

export class Pages {
  constructor(area, pdf, label) {
    this.area = area;
    this.pdf = pdf;
    this.label = label;
    this.zoom = 1;
    this.sheets = [];
    this.drawn = new EventTarget();
    this.near = new IntersectionObserver((seen) => this.#onNear(seen), { rootMargin: NEAR });
    this.far = new IntersectionObserver((seen) => this.#onFar(seen), { rootMargin: FAR });
  }

  async lay() {
    const first = await this.pdf.getPage(1);
    const { width, height } = first.getViewport({ scale: CSS_UNITS });
    for (let number = 1; number <= this.pdf.numPages; number += 1) this.#addSheet(number, width, height);
    this.area.append(...this.sheets.map((sheet) => sheet.box));
    this.#resize();
    for (const { box } of this.sheets) {
      this.near.observe(box);
      this.far.observe(box);
    }
    new ResizeObserver(() => this.#resize()).observe(this.area);
  }

  #addSheet(number, width, height) {
    const box = document.createElement("section");
    box.className = "sheet-page";
    box.tabIndex = -1;
    box.dataset.page = this.label(number);
    box.dataset.number = number;
    box.ariaLabel = this.area.dataset.pageLabel.replace("{page}", this.label(number));
    this.sheets.push({ number, box, width, height, state: "empty" });
  }

  setZoom(zoom) {
    this.zoom = Math.min(4, Math.max(0.5, zoom));
    this.#resize(true);
  }

  scaleOf(sheet) {
    return Math.max(0.1, Math.min(1.1, this.area.clientWidth / sheet.width) * this.zoom);
  }

  #resize(force = false) {
    if (this.area.clientWidth === this.width && !force) return;
    const at = this.width ? this.current() : 1;
    this.width = this.area.clientWidth;
    for (const sheet of this.sheets) {
      this.#size(sheet);
      if (sheet.state !== "empty") this.#clear(sheet);
    }
    if (at > 1) this.go(at, false);
    this.#drawNear();
  }

  #size(sheet) {
    const scale = this.scaleOf(sheet);
    sheet.box.style.width = `${Math.floor(sheet.width * scale)}px`;
    sheet.box.style.height = `${Math.floor(sheet.height * scale)}px`;
  }

  #onNear(seen) {
    for (const { target, isIntersecting } of seen) this.sheets[target.dataset.number - 1].near = isIntersecting;
    this.#drawNear();
  }

  #onFar(seen) {
    for (const { target, isIntersecting } of seen) {
      const sheet = this.sheets[target.dataset.number - 1];
      if (!isIntersecting && sheet.state === "drawn" && !holdsSelection(target)) this.#clear(sheet);
    }
  }

  // One after another, beginning with the page that is read.
  async #drawNear() {
    if (this.busy) return;
    this.busy = true;
    for (let sheet = this.#next(); sheet; sheet = this.#next()) await this.draw(sheet.number).catch(() => {});
    this.busy = false;
  }

  #next() {
    const at = this.current();
    return this.sheets
      .filter((sheet) => sheet.near && sheet.state === "empty")
      .sort((a, b) => Math.abs(a.number - at) - Math.abs(b.number - at))[0];
  }

  async draw(number) {
    const sheet = this.sheets[number - 1];
    if (sheet.state === "drawn") return sheet;
    if (sheet.drawing) return sheet.drawing;
    sheet.state = "drawing";
    sheet.drawing = this.#draw(sheet).finally(() => (sheet.drawing = null));
    return sheet.drawing;
  }

  async #draw(sheet) {
    try {
      const page = await this.pdf.getPage(sheet.number);
      const own = page.getViewport({ scale: CSS_UNITS });
      if (own.width !== sheet.width || own.height !== sheet.height) {
        Object.assign(sheet, { width: own.width, height: own.height });
        this.#size(sheet);
      }
      const scale = this.scaleOf(sheet);
      const viewport = page.getViewport({ scale: scale * CSS_UNITS });
      sheet.box.style.setProperty("--total-scale-factor", scale * CSS_UNITS);
      const { canvas, ratio } = this.#canvas(viewport);
      const layer = Object.assign(document.createElement("div"), { className: "textLayer" });
      const text = new TextLayer({ textContentSource: page.streamTextContent(), container: layer, viewport });
      await Promise.all([
        page.render({ canvas, viewport, transform: [ratio, 0, 0, ratio, 0, 0] }).promise,
        text.render(),
      ]);
      for (const old of sheet.box.querySelectorAll("canvas, .textLayer")) old.remove();
      sheet.box.prepend(canvas, layer);
      Object.assign(sheet, { layer, nodes: text.textDivs, runs: text.textContentItemsStr, state: "drawn" });
      this.drawn.dispatchEvent(new CustomEvent("page", { detail: sheet }));
      return sheet;
    } catch (error) {
      sheet.state = "failed";
      throw error;
    }
  }

  #canvas(viewport) {
    const canvas = document.createElement("canvas");
    const most = Math.sqrt(MOST_PIXELS / (viewport.width * viewport.height));
    const ratio = Math.min(OutputScale.pixelRatio, 2, most);
    canvas.width = Math.floor(viewport.width * ratio);
    canvas.height = Math.floor(viewport.height * ratio);
    canvas.ariaHidden = "true";
    return { canvas, ratio };
  }

  #clear(sheet) {
    for (const old of sheet.box.querySelectorAll("canvas, .textLayer, .cited, .file-link")) old.remove();
    Object.assign(sheet, { state: "empty", layer: null, nodes: null });
  }

  // The page at the upper third of the window.
  current() {
    const line = innerHeight / 3;
    let low = 0,
      high = this.sheets.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sheets[middle].box.getBoundingClientRect().bottom < line) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  }

  go(number, focus = true) {
    const { box } = this.sheets[Math.min(Math.max(number, 1), this.sheets.length) - 1];
    box.scrollIntoView({ block: "start", behavior: "instant" });
    if (focus) box.focus({ preventScroll: true });
  }

  // The number in the file of a page by the number printed on it.
  numberOf(label) {
    const wanted = label.trim().toLowerCase();
    return (this.sheets.find(({ box }) => box.dataset.page.toLowerCase() === wanted) ?? { number: 0 }).number;
  }

  async runsOf(number) {
    const sheet = this.sheets[number - 1];
    if (!sheet.runs) {
      const page = await this.pdf.getPage(number);
      const { items } = await page.getTextContent();
      sheet.runs = items.filter((item) => item.str !== undefined).map((item) => item.str);
    }
    return sheet.runs;
  }
}

function holdsSelection(box) {
  const selection = getSelection();
  return Boolean(selection && !selection.isCollapsed && selection.containsNode(box, true));
}
