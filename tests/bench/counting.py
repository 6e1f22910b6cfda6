"""The statements of a request over HTTP, counted at the database: what reaches it, whoever sends it."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text

from tests.statements import BOOKKEEPING

TRANSACTIONS = (*BOOKKEEPING, "COMMIT", "END", "SET", "SHOW")
"""What begins, ends and prepares transactions."""
SETTLED_SECONDS = 0.3
"""After so long without another statement, a request has had all of its own."""
_KIND = re.compile(r"(INSERT INTO|DELETE FROM|UPDATE|FROM) +\"?(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Statements:
    """How often each statement was sent."""

    sent: Counter[str]

    @property
    def work(self) -> int:
        """Without beginnings and ends of transactions."""
        return sum(count for statement, count in self.sent.items() if not is_bookkeeping(statement))

    @property
    def all(self) -> int:
        """With them."""
        return self.sent.total()

    def each(self, requests: int) -> "Statements":
        """Of one of so many requests, rounded; what comes once in a while is left out."""
        return Statements(
            Counter({words: rounded for words, count in self.sent.items() if (rounded := round(count / requests))})
        )

    def lines(self) -> list[str]:
        """For people, the most frequent first."""
        return [f"{count:>3}  {kind_of(words):<40} {words[:120]}" for words, count in self.sent.most_common()]


def is_bookkeeping(statement: str) -> bool:
    """Whether a statement only begins, ends or prepares a transaction."""
    return statement.lstrip().upper().startswith(TRANSACTIONS)


def kind_of(statement: str) -> str:
    """What it does to which table."""
    found = _KIND.search(statement)
    if is_bookkeeping(statement) or found is None:
        return statement.split(maxsplit=1)[0].upper() if statement.strip() else ""
    verb = statement.split(maxsplit=1)[0].upper()
    return f"{verb} {found[2]}"


@contextmanager
def counted_by_postgresql(engine: Engine) -> Iterator[Callable[[], Statements]]:
    """Begin to count at a server with pg_stat_statements; the yielded call answers what it has counted since."""
    own = "SELECT query, calls FROM pg_stat_statements WHERE dbid = :of AND query NOT LIKE '%pg_stat%'"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_stat_statements"))
        of = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
        connection.execute(text("SELECT pg_stat_statements_reset()"))

        def answer() -> Statements:
            found: Counter[str] = Counter()
            for query, calls in connection.execute(text(own), {"of": of}):
                found[" ".join(query.split())] += calls
            return Statements(found)

        yield answer


def traced(file: Path, thread: str = "waitress", *, settled: float = SETTLED_SECONDS) -> Statements:
    """What threads of this name have sent, by the file that `traced` writes, once nothing more has come for a while."""
    size, never = -1, threading.Event()
    while size != (size := file.stat().st_size):
        never.wait(settled)
    lines = (each.partition("\t") for each in file.read_text(encoding="utf-8").splitlines())
    return Statements(Counter(statement for name, _tab, statement in lines if name.startswith(thread)))
