// Raised and lowered characters in plain text, by the same rule as the server's `lti_app/core/raised.py`.

const PLAIN = {
  sup: "0123456789+-−=()abcdefghijklmnoprstuvwxyz",
  sub: "0123456789+-−=()aehijklmnoprstuvx",
};
const OTHER = {
  sup: "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ",
  sub: "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ",
};
const AS_IT_IS = /^(?:[\p{L}\p{M}.]{2,}|[^\p{L}\p{N}_]*|[[(*†‡§].*)$/su;

/**
 * @param {string} text
 * @param {"sup" | "sub"} tag
 */
export function raised(text, tag) {
  const inside = text.trim();
  if (AS_IT_IS.test(inside)) return text;
  const places = [...inside].map((letter) => PLAIN[tag].indexOf(letter));
  const sign = tag === "sup" ? "^" : "_";
  const marked = places.length > 1 ? `${sign}(${inside})` : `${sign}${inside}`;
  const written = places.every((place) => place >= 0) ? places.map((place) => OTHER[tag][place]).join("") : marked;
  return text.replace(inside, () => written);
}
