// What each page of a file is called in citations, by the same rule as the server's `page_labels`.

const MOST_LETTERS = 20;

/**
 * @param {string[] | null} labels what the file calls its pages, where it says
 * @param {number} count
 * @param {number} first the number that is printed on the first page, where it is known
 */
export function pageLabels(labels, count, first) {
  if (first !== 1) return Array.from({ length: count }, (_, place) => String(first + place));
  const own = Array.from({ length: count }, (_, place) => (labels?.[place] ?? "").trim().split(/\s+/u).join(" "));
  const taken = new Set(own);
  const found = new Set();
  own.forEach((label, at) => {
    const number = String(at + 1);
    const isGood = label && label.length <= MOST_LETTERS && !found.has(label);
    found.add(isGood ? label : taken.has(number) ? `sheet${number}` : number);
  });
  return [...found];
}
