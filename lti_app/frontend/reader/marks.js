// Marks over words without touching them: the browser's own highlights. Where it has none, words are found but not
// coloured.

const QUOTED = 80;
const registry = globalThis.CSS?.highlights;

export function mark(name, ranges) {
  if (!registry) return;
  const found = ranges.filter(Boolean);
  if (found.length) registry.set(name, new Highlight(...found));
  else registry.delete(name);
}

// What lies on the marked words that were clicked, of `[range, link]` pairs; the shortest range where several do. None
// where somebody has just selected words.
export function followMarks(area, pairs) {
  area.addEventListener("click", (event) => {
    if (event.target.closest("a, button, input, textarea") || !getSelection()?.isCollapsed) return;
    const { offsetNode, offset } = caretAt(event.clientX, event.clientY);
    const hit = pairs()
      .filter(([range, link]) => range && link && offsetNode && range.isPointInRange(offsetNode, offset))
      .sort(([one], [other]) => String(one).length - String(other).length)[0];
    hit?.[1].click();
  });
}

function caretAt(x, y) {
  if (document.caretPositionFromPoint) return document.caretPositionFromPoint(x, y) ?? {};
  const range = document.caretRangeFromPoint?.(x, y);
  return { offsetNode: range?.startContainer, offset: range?.startOffset };
}

// The way from a passage to the posts that argue from it: their number, beside its words.
export function citedNote(area, passage) {
  const url = new URL(area.dataset.mapUrl, location.href);
  url.searchParams.set("passage", passage.id);
  const words = (passage.count === 1 ? area.dataset.countOne : area.dataset.countMany).replace("{num}", passage.count);
  const quoted = passage.exact.length > QUOTED ? `${passage.exact.slice(0, QUOTED)}…` : passage.exact;
  const label = quoted ? `${words}: ${quoted}` : words;
  return Object.assign(document.createElement("a"), {
    href: url,
    className: "cited",
    textContent: passage.count,
    ariaLabel: label,
    title: words,
  });
}
