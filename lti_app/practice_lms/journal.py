"""The log: every message between the LMS and the tool, in both directions, in readable form."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from sqlalchemy import delete, insert, select

from lti_app.practice_lms.config import PracticeConfig
from lti_app.practice_lms.store import Store, log_entries

TO_TOOL, TO_LMS = "LMS → tool", "tool → LMS"
BROWSER, SERVER = "through the browser", "server to server"


@dataclass(frozen=True, slots=True)
class Step:
    """A kind of message: who sends it to whom, by which way, and in one sentence why LTI has it."""

    title: str
    direction: str
    way: str
    why: str


STEPS = {
    "login": Step(
        "Login initiation",
        TO_TOOL,
        BROWSER,
        "The LMS asks the tool to start a login: this LMS and, as hints, the person and what they opened.",
    ),
    "auth": Step(
        "Authentication request",
        TO_LMS,
        BROWSER,
        "The tool sends the browser back to ask who the person is, with a state and a nonce for this launch only.",
    ),
    "id_token": Step(
        "Launch message (id_token)",
        TO_TOOL,
        BROWSER,
        "The LMS answers with a signed message: the person, their role, the course, the link, and its services.",
    ),
    "auth_error": Step(
        "Authentication error",
        TO_TOOL,
        BROWSER,
        "The LMS refuses to say who the person is and gives the tool a reason, as OpenID Connect requires.",
    ),
    "jwks": Step(
        "Key set of the LMS",
        TO_LMS,
        SERVER,
        "The tool fetches the public keys of the LMS to check that the LMS signed the launch messages.",
    ),
    "tool_jwks": Step(
        "Key set of the tool",
        TO_TOOL,
        SERVER,
        "The LMS fetches the public keys of the tool to check that the tool signed its messages.",
    ),
    "token": Step(
        "Access token",
        TO_LMS,
        SERVER,
        "The tool proves its identity with a signed assertion and gets a token for the services, valid for one hour.",
    ),
    "lineitems": Step(
        "Line items (AGS)",
        TO_LMS,
        SERVER,
        "A line item is a gradebook column. The tool looks for its own and creates one if it is missing.",
    ),
    "scores": Step(
        "Score (AGS)",
        TO_LMS,
        SERVER,
        "The tool reports one student’s progress and score for a line item.",
    ),
    "results": Step(
        "Results (AGS)",
        TO_LMS,
        SERVER,
        "The tool reads the results that the gradebook shows for its line item, for each student.",
    ),
    "memberships": Step(
        "Memberships (NRPS)",
        TO_LMS,
        SERVER,
        "The tool reads the people in the course and their roles, page by page, before they have all launched.",
    ),
    "deep_linking": Step(
        "Deep linking response",
        TO_LMS,
        BROWSER,
        "The tool sends the activity that the instructor chose, signed, and the LMS adds it to the course page.",
    ),
    "return": Step(
        "Return to the LMS",
        TO_LMS,
        BROWSER,
        "The tool sends the person back to the course page, with a message if it has one.",
    ),
    "unknown": Step(
        "Unknown address", TO_LMS, SERVER, "The tool requested a service address that this LMS does not have."
    ),
}


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One message. ``parts`` are pairs of a heading and a text to show as it is."""

    id: int
    at: datetime
    step: Step
    summary: str
    status: int | None
    parts: tuple[tuple[str, str], ...]


class Journal:
    """The messages that were last exchanged; older ones are forgotten."""

    def __init__(self, store: Store, config: PracticeConfig) -> None:
        self._store = store
        self._config = config

    def record(self, step: str, summary: str, *parts: tuple[str, str], status: int | None = None) -> None:
        """Keep one message under the name of its step in STEPS."""
        values = {"at": self._config.clock().isoformat(), "step": step, "summary": summary, "status": status}
        storable = [(heading, text.encode(errors="replace").decode()) for heading, text in parts]
        with self._store.writing() as connection:
            key = connection.execute(insert(log_entries).values(**values, parts=storable)).inserted_primary_key
            oldest = (key[0] if key else 0) - self._config.log_size
            connection.execute(delete(log_entries).where(log_entries.c.id <= oldest))

    def page(self, *, before: int | None = None, size: int = 50) -> list[LogEntry]:
        """Return at most ``size`` messages, newest first, older than the message with the id ``before``."""
        query = select(log_entries).order_by(log_entries.c.id.desc()).limit(size)
        if before is not None:
            query = query.where(log_entries.c.id < before)
        with self._store.reading() as connection:
            return [_entry(row._mapping) for row in connection.execute(query)]

    def clear(self) -> None:
        """Forget every message."""
        with self._store.writing() as connection:
            connection.execute(delete(log_entries))


def _entry(row: Any) -> LogEntry:
    parts = tuple((heading, text) for heading, text in row["parts"])
    at = datetime.fromisoformat(row["at"])
    return LogEntry(row["id"], at, STEPS[row["step"]], row["summary"], row["status"], parts)


def pretty(value: object) -> str:
    """Return ``value`` as indented JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def pretty_fields(fields: Sequence[tuple[str, str]]) -> str:
    """Return form or query fields one per line, with secrets shortened."""
    return "\n".join(f"{name} = {shortened(value)}" for name, value in fields) or "(empty)"


def pretty_text(text: str) -> str:
    """Return a body as indented JSON where it is JSON, with any access token shortened; else as it is."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text[:20_000] or "(empty)"
    if isinstance(value, dict) and isinstance(value.get("access_token"), str):
        value["access_token"] = f"{value['access_token'][:6]}…"
    return pretty(value)


def shortened(value: str) -> str:
    """Return ``value`` without the signature, where it is a JWT; the decoded JWT has its own part in the log."""
    head, dot, _ = value.partition(".")
    return f"{head[:12]}… (a JWT, decoded below)" if dot and head.startswith("eyJ") else value


def decoded(token: str, title: str) -> tuple[tuple[str, str], ...]:
    """Return header, claims and shortened signature of a JWT as parts for the log; it is not verified here."""
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        return ((title, f"{token[:80]}… cannot be decoded: {error}"),)
    signature = f"{token.rpartition('.')[2][:10]}…"
    return (
        (f"{title}: header", pretty(header)),
        (f"{title}: claims", pretty(claims)),
        (f"{title}: signature", signature),
    )
