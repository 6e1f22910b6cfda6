"""Raised and lowered characters in plain text, so that x² does not become x2, nor the number of a note part of a word.

`editor/raised.js` does the same with what is pasted.
"""

import regex

_FORMS = {
    "sup": dict(
        zip("0123456789+-−=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True)
    ),
    "sub": dict(zip("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)),
}
RAISED = frozenset(_FORMS)
_AS_IT_IS = regex.compile(r"[\p{L}\p{M}.]{2,}|\W*|[\[(*†‡§].*", regex.DOTALL)
"""Ordinals and abbreviations can be read without being raised; brackets and signs set a note apart."""


def raised(text: str, tag: str) -> str:
    """The text of an element `sup` or `sub`: in raised or lowered characters if there are any for all of it."""
    inside = text.strip()
    forms = _FORMS[tag]
    if _AS_IT_IS.fullmatch(inside):
        return text
    sign = "^" if tag == "sup" else "_"
    if all(letter in forms for letter in inside):
        written = "".join(forms[letter] for letter in inside)
    else:
        written = f"{sign}({inside})" if len(inside) > 1 else f"{sign}{inside}"
    return text.replace(inside, written, 1)
