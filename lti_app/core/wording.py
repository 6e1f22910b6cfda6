"""Sentences of the domain that people will read: marked here, translated where their language is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Phrase:
    """A sentence in English with its values; the web translates it and formats the values.

    A value may be a number, a text, a datetime, several texts, text as one would type it, or another phrase.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)
    plural: str = ""
    """The plural form of the sentence, if it depends on `num`."""
    num: int = 0
    is_capitalized: bool = False

    def with_values(self, **values: object) -> "Phrase":
        """The same sentence with these values; `num` chooses between singular and plural."""
        num = values.get("num", self.num)
        return replace(self, values={**self.values, **values}, num=num if isinstance(num, int) else self.num)

    def capitalized(self) -> "Phrase":
        """The same sentence, beginning with a capital letter."""
        return replace(self, is_capitalized=True)


class Typed(str):
    """Text that a page shows as code, the way one would type it."""

    __slots__ = ()


def marked(text: str) -> str:
    """Mark a sentence for translation; returns it unchanged. `lti_app/translations/catalogues.py` extracts it by this
    call.
    """
    return text


def phrase(text: str, /, **values: object) -> Phrase:
    """A sentence for translation, with its values."""
    return Phrase(text, values)


def nphrase(one: str, many: str, num: int = 0, /, **values: object) -> Phrase:
    """A sentence for translation that depends on a number, like ngettext."""
    return Phrase(one, values, many, num)
