"""Write `reader/letters.json`: how the server folds letters where the normal forms that browsers know say otherwise.

Run as `python lti_app/frontend/letters.py` after every change of `lti_app/core/folding.py`; a test compares the two.
"""

import json
from pathlib import Path

import regex

from lti_app.core.folding import NASALIZED, NASALS, SPACE_IN_WORD, WITH_E, letters_of
from lti_app.core.prose import normalized

WRITTEN = Path(__file__).parent / "reader" / "letters.json"
_USUAL = regex.compile(r"[\p{L}\p{N}]|(?!\p{sc=Inherited})\p{M}")
"""What `reader/folding.js` keeps without being told."""
_LETTER = regex.compile(r"[\p{L}\p{N}\p{M}]")


def table() -> dict[str, str]:
    """The table as it is written: letters with what takes their place, and the expressions that both sides use."""
    changed = {
        ch: folded
        for ch in map(chr, range(0x80, 0x10000))
        if _LETTER.fullmatch(ch)
        and (normalized("NFKD", ch), ch.casefold()) == (ch, ch)
        and (folded := letters_of(ch)) != (ch if _USUAL.fullmatch(ch) else "")
    }
    return {
        "letters": "".join(changed),
        "folded": " ".join(changed.values()),
        "nasals": NASALS,
        "nasalized": "".join(nasal + dot for nasal, dot in NASALIZED.items()),
        "spaceInWord": SPACE_IN_WORD,
        "withE": " ".join(f"{chr(letter)}{other}" for letter, other in WITH_E.items()),
    }


def text() -> str:
    """The content of the file."""
    return json.dumps(table(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    WRITTEN.write_text(text())
