"""How good each page must be, and whether a row is that good."""

from dataclasses import dataclass

from tests.bench.rows import Row


@dataclass(frozen=True)
class Reach:
    """The most that some figures of a row may be."""

    ratio: float | None = None
    statements: int | None = None
    bytes: int | None = None
    gzip: int | None = None
    median_ms: float | None = None

    def __str__(self) -> str:
        """As the table tells it."""
        limits = (
            (self.ratio, "≤ {:g} ×"),
            (self.statements, "≤ {} SQL"),
            (self.bytes, "≤ {:,} B"),
            (self.gzip, "≤ {:,} B gzip"),
            (self.median_ms, "≤ {:g} ms"),
        )
        return ", ".join(words.format(most) for most, words in limits if most is not None)

    def missed(self, row: Row) -> list[str]:
        """The figures that are too large; one that was not measured is neither reached nor missed."""
        return [
            name
            for name in ("ratio", "statements", "bytes", "gzip", "median_ms")
            if (most := getattr(self, name)) is not None
            and (measured := getattr(row, name)) is not None
            and measured > most
        ]


GRADING = Reach(ratio=40, statements=12)
REACHES = {
    "discussion, 500 posts": Reach(ratio=35, statements=10, gzip=20_000),
    "discussion, 2000 posts ÷ 500 posts": Reach(ratio=1.15),
    "post a reply, 500 posts": Reach(ratio=15),
    "one student on the desk, 500 posts": GRADING,
    "class list, 500 students": GRADING,
    "500 students x 12 requirements": GRADING,
    "news, nothing new": Reach(ratio=8, statements=1),
    "news, something new": Reach(ratio=8, statements=1),
    "launch to first page (4 requests)": Reach(ratio=6),
    "over HTTP: a reply": Reach(statements=14),
    "memory of a web process": Reach(bytes=110_000_000),
    "Chromium: bytes of the first visit": Reach(bytes=150_000),
    "Chromium: bytes of a later visit": Reach(bytes=25_000),
    "Chromium: reading on, 2000 posts, CPU a post": Reach(ratio=0.25),
    "Chromium: longest wait for the next posts": Reach(median_ms=100),
    "Chromium: a reply until its author sees it": Reach(ratio=0.5),
    "Chromium: a reply until seen, server CPU": Reach(ratio=0.5),
}
"""By the name of the row."""


def verdict(row: Row) -> tuple[str, str]:
    """What a row had to reach, and `reached`, or `MISSED`; two empty strings where nothing is asked of it."""
    reach = REACHES.get(row.name)
    if reach is None:
        return "", ""
    if missed := reach.missed(row):
        return str(reach), f"MISSED ({', '.join(missed)})" if len(str(reach).split(",")) > 1 else "MISSED"
    return str(reach), "reached"
