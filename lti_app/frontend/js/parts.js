// Parts of other pages, shown on this one: whoever has no scripts follows the link to the page itself.

/**
 * The parts of the page behind an address that match a selector; null where that page does not answer.
 * @param {string} address
 * @param {string} selector
 */
export async function fetchParts(address, selector) {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [...page.querySelectorAll(selector)].map((part) => document.importNode(part, true));
}
