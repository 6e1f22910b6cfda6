"""Reading a file and composing its posts: all of an import that needs no database, and so holds no lock of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lti_app.course.people.rules import zone
from lti_app.discussion.discussions.rules import AssignedReading
from lti_app.discussion.integrity.rules.content import asked_by, signature_of
from lti_app.discussion.posts.rules.addresses import MAX_DEPTH
from lti_app.discussion.posts.rules.compose import Composed
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.search.rules import Indexed, index_form
from lti_app.exchange.formats.bodies import ENGLISH
from lti_app.exchange.formats.dates import DateReader
from lti_app.exchange.formats.entries import Fault, Parsed
from lti_app.exchange.formats.recognize import read_file
from lti_app.exchange.importing.rules.arrange import Arranged, ArrangedEntry, arrange
from lti_app.exchange.importing.rules.posts import to_post


@dataclass(frozen=True)
class ImportFile:
    """A file to import, or pasted text, and how its dates are to be read."""

    content: bytes
    zone: str
    name: str = ""
    day_first: bool | None = None
    encoding: str = ""
    """One of those that can be chosen; empty to find it out."""


@dataclass(frozen=True)
class PostTraces:
    """By what a post is found, and by what it is compared with others."""

    words: Indexed
    bands: tuple[int, ...]


@dataclass(frozen=True)
class PreparedImport:
    """A file that was read, and its posts as they will be stored."""

    file: ImportFile
    parsed: Parsed
    arranged: Arranged
    readings: tuple[AssignedReading, ...]
    posts: tuple[tuple[Composed, Format], ...]
    """Of each of the arranged entries, in their order, with the citations of these readings."""
    prompt: str = ""
    traces: tuple[PostTraces, ...] = ()
    """Of each of the posts, in a discussion with this prompt; none where they have not been made yet."""

    def posts_citing(self, readings: Sequence[AssignedReading]) -> Sequence[tuple[Composed, Format]]:
        """The posts; composed anew where other readings have been assigned in the meantime."""
        return self.posts if tuple(readings) == self.readings else _compose(self.arranged, readings)

    def traced(self, prompt: str) -> "PreparedImport":
        """The same with the traces of its posts in a discussion with this prompt: with them, writing takes half."""
        return replace(self, prompt=prompt, traces=_trace(self.arranged, self.posts, prompt))

    def traces_in(self, prompt: str, posts: Sequence[tuple[Composed, Format]]) -> Sequence[PostTraces]:
        """The traces of these posts; made anew where the prompt or the posts have changed in the meantime."""
        is_known = self.traces and posts is self.posts and prompt == self.prompt
        return self.traces if is_known else _trace(self.arranged, posts, prompt)


def prepare_import(
    file: ImportFile, readings: Sequence[AssignedReading], *, words: Mapping[Fault, str] = ENGLISH, now: datetime
) -> PreparedImport:
    """Read a file for a discussion of these readings. Raises FileRefused.

    It takes seconds for the longest files. A date after `now` is none. `words` stand before the names of pictures,
    videos and files that cannot come.
    """
    parsed = read_file(file.content, DateReader(zone(file.zone)), day_first=file.day_first, encoding=file.encoding)
    arranged = arrange(parsed, max_depth=MAX_DEPTH, now=now, words=words)
    return PreparedImport(file, parsed, arranged, tuple(readings), _compose(arranged, readings))


def _compose(arranged: Arranged, readings: Sequence[AssignedReading]) -> tuple[tuple[Composed, Format], ...]:
    return tuple(to_post(item, readings) for item in arranged.entries)


def _trace(arranged: Arranged, posts: Sequence[tuple[Composed, Format]], prompt: str) -> tuple[PostTraces, ...]:
    asked = asked_by(prompt)
    return tuple(
        PostTraces(index_form(stored_title(item), composed.text), signature_of(composed.html, asked))
        for item, (composed, _format) in zip(arranged.entries, posts, strict=True)
    )


def stored_title(item: ArrangedEntry) -> str:
    """The title that is stored of an entry: replies have none."""
    return item.entry.title if item.parent is None else ""
