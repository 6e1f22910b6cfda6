"""Words as they are searched for: one form for all the ways to write the same word, in any script.

What is a letter, a mark or a dash, and which scripts have no spaces between words, the Unicode properties of `regex`
say; what a letter is composed of, Python's own tables; how Latin letters outside the alphabet are typed, `anyascii`.
"""

import re
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import regex
from anyascii import anyascii

from lti_app.core.prose import normalized

FOLDING = 2
"""The version of what `fold_text` makes: raise it with every change of it, and all posts are indexed again."""
MAX_WORD = 64
"""Letters of a word that are compared: databases limit what they index."""

_WITHIN = r"゛゜\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}\p{GCB=Extend}\p{GCB=SpacingMark}"
_UNSPACED = r"\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{Ideographic}\p{lb=SA}\p{lb=AK}\p{lb=AP}\p{lb=AS}"
"""Scripts whose words only a dictionary can tell apart (Unicode Standard Annex #14)."""
_APOSTROPHE = r"(?=\p{Lm})(?=\p{Dia})(?!\p{Ext})"
"""Letters that are none, such as the apostrophe of Ukrainian."""
_LETTER = rf"(?!{_APOSTROPHE})[\p{{L}}\p{{Nd}}\p{{Nl}}]"
_PARTING = "\x1f"
"""Takes the place of a space without width: words are parted there that some write as one."""
_CHUNK = regex.compile(
    rf"(?P<unspaced>(?:(?={_LETTER})[{_UNSPACED}][{_WITHIN}{_PARTING}]*)+)"
    rf"|(?P<spaced>(?:(?![{_UNSPACED}]){_LETTER}[{_WITHIN}]*)+)"
    r"|(?P<number>\p{No}+)|(?P<picture>\p{Extended_Pictographic}|\p{RI})"
)
_PLAIN = re.compile(r"[A-Za-z0-9]+")
_PARTED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]++(?:(?! [A-Za-z0-9])[^A-Za-z0-9]++[A-Za-z0-9]++)++")
"""Words of ASCII text that something else than one space parts, and that may be one word."""
_UNIT = regex.compile(rf"[^{_WITHIN}][{_WITHIN}]*")
_APART = regex.compile(_APOSTROPHE + ".")
_PIECE = regex.compile(r"[\p{L}\p{N}\p{M}]+")
_IN_PIECE = regex.compile(r"[\p{L}\p{N}]\p{M}*")
_JOINT = regex.compile(
    rf"(?:[\p{{Dash}}\p{{wb=MidLetter}}\p{{wb=MidNumLet}}\p{{wb=Single_Quote}}\p{{wb=Double_Quote}}\p{{Sk}}′″]|{_APOSTROPHE}.)"
    rf"[{_WITHIN}]*|\p{{Hyphen}}[^\S\n]*\n\s*|{_PARTING}[{_WITHIN}{_PARTING}]*"
)
"""What stands in a word and parts it: an apostrophe, a hyphen, also at the end of a line."""
_YEH = "[\u06cc\u064a\u0649]"
SPACE_IN_WORD = (
    rf"(?<=(?<![\p{{L}}\p{{M}}])\u0646?\u0645{_YEH})\x20(?=\p{{sc=Arab}})"
    rf"|(?<=\p{{sc=Arab}})\x20(?=(?:\u0647\u0627(?:{_YEH}{{0,2}}|{_YEH}\u0645|{_YEH}\u062a|{_YEH}\u0634)"
    rf"|\u062a\u0631(?:{_YEH}\u0646)?)(?![\p{{L}}\p{{M}}]))"
)
"""A space before an ending or behind the beginning of a Persian word, which are written apart, together or half
together: mi- and nemi-, -hā and -tar with what may follow them."""
_SPACE_IN_WORD = regex.compile(SPACE_IN_WORD)
_SPELLED_OUT = regex.compile(
    r"(?P<parted>\u200b|(?<=\p{sc=Arab}\p{M}*)\u200c(?=\p{sc=Arab}))"
    r"|(?=[\p{S}\p{Lm}\N{LATIN SMALL LETTER N PRECEDED BY APOSTROPHE}])"
    r"[^\p{dt=None}\p{dt=Canonical}\p{dt=Narrow}]"
)
"""One character that stands for letters, such as \u338f or \u2116; spaces without width, such as in Persian words."""
_SPACE_BEFORE_MARK = regex.compile(r" (?=\p{M})")
"""How the long form of an accent that stands alone begins."""
_NOT_WRITTEN = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Cf}\p{jt=C}]")
_MARK = regex.compile(r"\p{M}")
_VOWEL = regex.compile(r"\p{Alphabetic}")
_VARIANT = regex.compile(
    r"(?=[^a-z])\p{Latin}|(?![0-9])\p{Nd}|(?P<kana>\p{Hiragana})"
    r"|(?P<alef>\p{jg=Alef})|(?P<yeh>\p{jg=Yeh}|\p{jg=Farsi_Yeh})|(?P<heh>\p{jg=Teh_Marbuta})|(?P<kaf>ک)"
)
_ARABIC = {"alef": "ا", "yeh": "ي", "heh": "ه", "kaf": "ك"}
"""Letters that are often typed for one another, by their joining group."""
_VOICED, _VIRAMA, _VOWEL_SIGNS = 8, 9, range(84, 133)
"""Combining classes of marks that make another letter."""
_SCRIPTS_OF_INDIA = ["DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TELUGU", "KANNADA", "MALAYALAM"]
_CLASSES = {"NGA": "KA KHA GA GHA", "NYA": "CA CHA JA JHA", "NNA": "TTA TTHA DDA DDHA", "NA": "TA THA DA DHA"}
_CLASSES |= {"MA": "PA PHA BA BHA"}
_CHILLUS = {"NN": "NNA", "N": "NA", "RR": "RA", "L": "LA", "LL": "LLA", "K": "KA"}
WITH_E = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
"""How German and the Scandinavian languages write letters where a keyboard or a system lacks them."""


class Token(NamedTuple):
    """What is compared: a word, or two letters in a row of a script without spaces."""

    text: str
    start: int
    end: int
    """Where it stands in the original text."""
    head: str = ""
    """In a script without spaces, its first letter."""
    head_end: int = 0

    @property
    def is_last(self) -> bool:
        """Whether it is the last letter of a run without spaces."""
        return self.head == self.text


@dataclass(frozen=True)
class Folded:
    """A text as it is searched: its words in a row, and words that hyphens and apostrophes part as one."""

    tokens: tuple[Token, ...]
    joined: tuple[Token, ...]


def fold(text: str) -> str:
    """One form for all the ways to write the same letters: without case, accents and ligatures.

    Vowel signs stay, since they are what their letters are in other scripts. Points of Hebrew and Arabic go. Hashes of
    readings are stored that were made with it, so it does not change; what only searching needs is in `fold_text`.
    """
    if text.isascii():
        return text.lower()
    apart = normalized("NFKD", _NOT_WRITTEN.sub("", text))
    bare = _without_marks(_SPACE_BEFORE_MARK.sub("", apart))
    bare = _without_marks(normalized("NFKD", bare.casefold()))
    return normalized("NFC", _VARIANT.sub(_usual, bare))


def fold_text(text: str) -> Folded:
    """The words of a text. Where no spaces part words, every two letters in a row, and the last one alone.

    So whatever is cut out of a text is found in it, without any guess at what a word is.
    """
    if text.isascii():
        lowered = text.lower()
        return Folded(tuple(_plain_words(lowered)), tuple(_joined_of_plain(lowered)))
    spelled, places = _spell_out(text)
    folded = _fold_spelled(spelled)
    return (
        folded if not places else Folded(*(tuple(_placed(tokens, places)) for tokens in (folded.tokens, folded.joined)))
    )


def fold_words(text: str) -> tuple[list[str], list[str]]:
    """The words that `fold_text` finds, and those that it finds as one, without their places: of most texts, which are
    ASCII, in a fifth of the time.
    """
    if not text.isascii():
        folded = fold_text(text)
        return [token.text for token in folded.tokens], [token.text for token in folded.joined]
    lowered = text.lower()
    words = [word[:MAX_WORD] for word in _PLAIN.findall(lowered)]
    return words, [token.text for token in _joined_of_plain(lowered)]


def _plain_words(text: str, begin: int = 0, end: int = sys.maxsize) -> list[Token]:
    """The words of ASCII text in lower case, from one place to another."""
    return [Token(word[0][:MAX_WORD], word.start(), word.end()) for word in _PLAIN.finditer(text, begin, end)]


def _joined_of_plain(text: str) -> Iterator[Token]:
    """What ASCII text in lower case has as one word. Most of it has one space between its words, and is not looked at
    again.
    """
    for parted in _PARTED.finditer(text):
        yield from _joined(text, _plain_words(text, *parted.span()))


def _fold_spelled(text: str) -> Folded:
    tokens: list[Token] = []
    spaced: list[Token] = []
    others: list[Token] = []
    for chunk in _CHUNK.finditer(text):
        if chunk.lastgroup == "unspaced":
            tokens += _pairs(chunk[0], chunk.start())
        elif chunk.lastgroup == "picture":
            tokens.append(Token(chunk[0], chunk.start(), chunk.end()))
        else:
            words = [Token(piece[:MAX_WORD], *chunk.span()) for piece in _pieces(chunk[0])]
            tokens += words
            spaced += words
            other = _with_e(chunk[0])
            others += [Token(piece[:MAX_WORD], *chunk.span()) for piece in _pieces(other)] if other else words
    joined = dict.fromkeys(_joined(text, spaced))
    if others != spaced:
        joined |= dict.fromkeys([*_joined(text, others), *(set(others) - set(spaced))])
    return Folded(tuple(tokens), tuple(joined))


def letters_of(word: str) -> str:
    """A word or letter as it is searched for: nothing but what is compared, also if it is a mark alone."""
    return "".join(_pieces(_APART.sub("", _spell_out(word)[0])))


def _pieces(word: str) -> list[str]:
    return [word.lower()] if word.isascii() else _PIECE.findall(_alike(fold(word)))


def _with_e(word: str) -> str:
    """Another way to write a word with ä, ö, ü, ø or å; empty if it has none."""
    if word.isascii():
        return ""
    lower = normalized("NFC", word).casefold()
    other = lower.translate(WITH_E)
    return other if other != lower else ""


def _spell_out(text: str) -> tuple[str, list[tuple[int, int, int]]]:
    """The text with letters in place of the characters that stand for several.

    Also the beginning and the end of each new piece, and by how much later it ends than it did.
    """
    parts: list[str] = []
    places: list[tuple[int, int, int]] = []
    at = later = 0
    for found in _SPELLED_OUT.finditer(text):
        new = _PARTING if found["parted"] else _spelled(found[0])
        if new != found[0]:
            parts += [text[at : found.start()], new]
            at = found.end()
            if len(new) > 1:
                begin = found.start() + later
                later += len(new) - 1
                places.append((begin, begin + len(new), later))
    return "".join([*parts, text[at:]]) if parts else text, places


@lru_cache(maxsize=2_000)
def _spelled(symbol: str) -> str:
    """What a character stands for. Several letters are a word or words, parted from what stands beside them."""
    letters = normalized("NFKD", symbol)
    number = len(_IN_PIECE.findall(letters))
    if not number:
        return symbol
    return letters if number == 1 else f"{_PARTING}{letters}{_PARTING}"


def _placed(tokens: Sequence[Token], places: Sequence[tuple[int, int, int]]) -> Iterator[Token]:
    """The tokens of a text that was spelled out, where they stand in the original."""
    begins = [begin for begin, _, _ in places]

    def place(at: int, *, is_end: bool) -> int:
        n = bisect_right(begins, at - is_end) - 1
        if n < 0:
            return at
        _, end, later = places[n]
        if at - is_end < end:
            return end - later - (not is_end)
        return at - later

    for token in tokens:
        start, end = place(token.start, is_end=False), place(token.end, is_end=True)
        yield Token(token.text, start, end, token.head, place(token.head_end, is_end=True) if token.head else 0)


def _pairs(run: str, begin: int) -> Iterator[Token]:
    letters = [
        (piece, begin + unit.start(), begin + unit.end())
        for unit in _UNIT.finditer(run)
        for piece in _letters_of(unit[0])
    ]
    for (head, start, head_end), (second, _, end) in pairwise(letters):
        yield Token((head + second)[:MAX_WORD], start, end, head, head_end)
    for last, start, end in letters[-1:]:
        yield Token(last[:MAX_WORD], start, end, last[:MAX_WORD], end)


@lru_cache(maxsize=20_000)
def _letters_of(unit: str) -> tuple[str, ...]:
    return tuple(letter[:MAX_WORD] for letter in _IN_PIECE.findall(_alike(fold(unit))))


def _joined(text: str, words: Sequence[Token]) -> Iterator[Token]:
    """Each chain of words that only a hyphen, an apostrophe or the like parts, as one word."""
    chain: list[Token] = []
    for word in words:
        if chain and not _is_joint(text, chain[-1], word):
            yield from _as_one(chain)
            chain = []
        chain.append(word)
    yield from _as_one(chain)


def _is_joint(text: str, before: Token, after: Token) -> bool:
    gap = text[before.end : after.start]
    if gap == " ":
        return after.text[0] > "~" and bool(_SPACE_IN_WORD.match(text, before.end))
    if before.text[-1].isdigit() and after.text[0].isdigit():
        return False
    return not gap or bool(_JOINT.fullmatch(gap))


def _as_one(chain: Sequence[Token]) -> Iterator[Token]:
    if len(chain) > 1:
        yield Token("".join(word.text for word in chain)[:MAX_WORD], chain[0].start, chain[-1].end)


def _alike(text: str) -> str:
    """A folded text with one of the ways to spell what some scripts spell in two."""
    if text.isascii():
        return text
    nasals: str = _NASAL.sub(lambda found: NASALIZED[found[0][0]], text.translate(_LETTERS))
    return nasals


def _letters_alike() -> dict[int, str]:
    """Letters that are another form of others: at the end of Hebrew words, without a vowel in Malayalam and Bengali,
    and the nasals of Hindi and Punjabi that are seldom told apart.
    """
    letter = unicodedata.lookup
    chillus = {f"CHILLU {name}": letter(f"MALAYALAM LETTER {base}") for name, base in _CHILLUS.items()}
    alike = {
        letter(f"MALAYALAM LETTER {name}"): base + letter("MALAYALAM SIGN VIRAMA") for name, base in chillus.items()
    }
    for name in ("KAF", "MEM", "NUN", "PE", "TSADI"):
        alike[letter(f"HEBREW LETTER FINAL {name}")] = letter(f"HEBREW LETTER {name}")
    alike[letter("BENGALI LETTER KHANDA TA")] = letter("BENGALI LETTER TA") + letter("BENGALI SIGN VIRAMA")
    alike[letter("DEVANAGARI SIGN CANDRABINDU")] = letter("DEVANAGARI SIGN ANUSVARA")
    alike[letter("GURMUKHI TIPPI")] = letter("GURMUKHI SIGN BINDI")
    return str.maketrans(alike)


def _nasals() -> tuple[str, dict[str, str]]:
    """An expression for nasals that stand before a letter of their own class, and the dot that is written for each."""
    forms: list[str] = []
    dots: dict[str, str] = {}
    for script in _SCRIPTS_OF_INDIA:
        virama = unicodedata.lookup(f"{script} SIGN VIRAMA")
        dot = unicodedata.lookup(f"{script} SIGN {'BINDI' if script == 'GURMUKHI' else 'ANUSVARA'}")
        for nasal, names in _CLASSES.items():
            letters = [unicodedata.lookup(f"{script} LETTER {name}") for name in (nasal, *names.split())]
            forms.append(f"{letters[0]}{virama}(?=[{''.join(letters[1:])}])")
            dots[letters[0]] = dot
    return "|".join(forms), dots


def _without_marks(text: str) -> str:
    kept: str = _MARK.sub(lambda mark: mark[0] if _is_letter(mark[0]) else "", text)
    return kept


@lru_cache(maxsize=4_000)
def _is_letter(mark: str) -> bool:
    """Whether a mark makes another letter of the one that it stands on, rather than an accent."""
    place = unicodedata.combining(mark)
    is_vowel = bool(_VOWEL.match(mark)) and (place == 0 or place in _VOWEL_SIGNS)
    return is_vowel or place in (_VOICED, _VIRAMA)


def _usual(variant: regex.Match[str]) -> str:
    return _usual_letter(variant[0], variant.lastgroup)


@lru_cache(maxsize=4_000)
def _usual_letter(letter: str, group: str | None) -> str:
    if group == "kana":
        name = unicodedata.name(letter, "").replace("HIRAGANA", "KATAKANA")
        try:
            return unicodedata.lookup(name)
        except KeyError:
            return letter
    if group:
        return _ARABIC[group]
    digit = unicodedata.decimal(letter, None)
    if digit is not None:
        return f"{digit}"
    typed = "".join(ch for ch in anyascii(letter).lower() if ch.isalnum())
    return typed or letter


_LETTERS = _letters_alike()
NASALS, NASALIZED = _nasals()
_NASAL = regex.compile(NASALS)
