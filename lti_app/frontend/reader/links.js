// The links of a PDF: those to other sites open in a tab of their own, those within the file go to their page. Forms,
// sounds and programs of a PDF are left out.

const SAFE = new Set(["http:", "https:", "mailto:"]);

export class Links {
  constructor(area, pages) {
    this.area = area;
    this.pages = pages;
    pages.drawn.addEventListener("page", ({ detail }) => this.#lay(detail).catch(() => {}));
  }

  async #lay(sheet) {
    const page = await this.pages.pdf.getPage(sheet.number);
    const found = (await page.getAnnotations({ intent: "display" })).filter(({ subtype }) => subtype === "Link");
    const links = await Promise.all(found.map((link) => this.#made(link)));
    if (!sheet.layer) return; // given up meanwhile
    for (const old of sheet.box.querySelectorAll(".file-link")) old.remove();
    const viewport = page.getViewport({ scale: 1 });
    const share = (part, whole) => `${(100 * part) / whole}%`;
    links.forEach((link, index) => {
      if (!link) return;
      const [left, bottom, right, top] = found[index].rect;
      const [x1, y1] = shown(viewport, left, bottom),
        [x2, y2] = shown(viewport, right, top);
      link.style.left = share(Math.min(x1, x2), viewport.width);
      link.style.top = share(Math.min(y1, y2), viewport.height);
      link.style.width = share(Math.abs(x2 - x1), viewport.width);
      link.style.height = share(Math.abs(y2 - y1), viewport.height);
      sheet.box.append(link);
    });
  }

  async #made({ url, dest }) {
    if (url) return this.#outward(url);
    const number = dest ? await this.#pageOf(dest).catch(() => 0) : 0;
    return number ? this.#inward(number) : null;
  }

  #outward(url) {
    if (!URL.canParse(url) || !SAFE.has(new URL(url).protocol)) return null;
    const link = Object.assign(document.createElement("a"), {
      href: url,
      target: "_blank",
      rel: "noopener noreferrer",
    });
    return this.#named(link, this.area.dataset.linkOut.replace("{address}", url));
  }

  #inward(number) {
    const link = Object.assign(document.createElement("a"), { href: "#" });
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.pages.go(number);
    });
    return this.#named(link, this.area.dataset.linkWithin.replace("{page}", this.pages.label(number)));
  }

  #named(link, words) {
    return Object.assign(link, { className: "file-link", ariaLabel: words, title: words });
  }

  async #pageOf(dest) {
    const [page] = (typeof dest === "string" ? await this.pages.pdf.getDestination(dest) : dest) ?? [];
    return (typeof page === "number" ? page : await this.pages.pdf.getPageIndex(page)) + 1;
  }
}

// Where a point of the paper stands on the screen, turned pages included.
const shown = ({ transform: [a, b, c, d, e, f] }, x, y) => [a * x + c * y + e, b * x + d * y + f];
