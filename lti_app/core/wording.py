"""Sentences of the domain that people will read: marked here, translated where their language is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Phrase:
    """A sentence in English with the values that go into it; the web translates it and formats the values.

    A value may be a number, a text, a moment, several texts, text as one would type it, or another phrase.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)
    plural: str = ""
    """The sentence for any number but one, where it depends on `num`."""
    num: int = 0
    is_capitalized: bool = False

    def with_values(self, **values: object) -> "Phrase":
        """The same sentence with these values; `num` chooses between singular and plural."""
        num = values.get("num", self.num)
        return replace(self, values={**self.values, **values}, num=num if isinstance(num, int) else self.num)

    def capitalized(self) -> "Phrase":
        """The same, beginning with a capital letter."""
        return replace(self, is_capitalized=True)


class Typed(str):
    """Text that a page shows the way one would type it."""

    __slots__ = ()


def marked(text: str) -> str:
    """The sentence itself, in English; `lti_app/translations/catalogues.py` finds it by this call."""
    return text


def phrase(text: str, /, **values: object) -> Phrase:
    """A sentence with its values; found by the catalogues as well."""
    return Phrase(text, values)


def nphrase(one: str, many: str, num: int = 0, /, **values: object) -> Phrase:
    """A sentence that depends on a number, like ngettext; found by the catalogues as well."""
    return Phrase(one, values, many, num)
