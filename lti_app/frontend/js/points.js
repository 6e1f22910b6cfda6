// Points as people type them and as pages show them, counted in hundredths so that nothing is lost.

/**
 * Hundredths of what was typed, with a dot or a comma; null for anything else.
 * @param {string} text
 */
export function typedPoints(text) {
  const found = /^([0-9]{1,6})(?:[.,]([0-9]{1,2}))?$/.exec(text.trim());
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
}

/**
 * Without zeros that say nothing, with the decimal sign of the page.
 * @param {number} hundredths
 * @param {HTMLElement} place
 */
export function pointsText(hundredths, place) {
  return String(hundredths / 100).replace(".", place.dataset.decimal ?? ".");
}
