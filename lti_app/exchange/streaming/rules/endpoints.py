"""Where activities go to, the requests that carry them, and what the answers mean."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from lti_app.core.http import host_of
from lti_app.exchange.streaming.errors import StreamSettingsRefused
from lti_app.exchange.streaming.rules.activities import LearningActivity, Naming, StreamFormat
from lti_app.exchange.streaming.rules.caliper import envelope
from lti_app.exchange.streaming.rules.xapi import statements

MAX_URL = 2000
MAX_TOKEN = 4000
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
STATEMENTS = "/statements"
XAPI_VERSIONS = {StreamFormat.XAPI: "1.0.3", StreamFormat.XAPI_2: "2.0.0"}
OF_THE_BATCH = frozenset({400, 409, 413, 422})
"""Statuses that may mean one of the activities, or the size of the batch."""


class BatchVerdict(StrEnum):
    """What an answer means for the batch."""

    ACCEPTED = "accepted"
    KNOWN = "known"
    """An activity of the batch was received before: of one alone, that it is there."""
    REFUSED = "refused"
    """The batch is refused: of one activity alone, that this one is; of several, one of them or their number."""
    LATER = "later"
    """Nothing is wrong with the activities: the receiver, the address or the token is."""


@dataclass(frozen=True)
class Destination:
    """Where the activities of a deployment go to."""

    format: StreamFormat
    address: str
    token: str

    @property
    def host(self) -> str:
        """The only host that requests go to."""
        return host_of(self.address)

    def headers(self) -> Mapping[str, str]:
        """The headers of a request: of an xAPI key with its secret (`key:secret`) as Basic, else a bearer token."""
        scheme = f"Bearer {self.token}"
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if version := XAPI_VERSIONS.get(self.format):
            headers["X-Experience-API-Version"] = version
            if ":" in self.token:
                scheme = f"Basic {base64.b64encode(self.token.encode()).decode()}"
        return {**headers, "Authorization": scheme} if self.token else headers

    def body(self, activities: Sequence[LearningActivity], naming: Naming, *, now: datetime) -> bytes:
        """The JSON of a batch."""
        made: Any
        if self.format is StreamFormat.CALIPER:
            made = envelope(activities, naming, now=now)
        else:
            made = statements(activities, naming)
        return json.dumps(made, separators=(",", ":")).encode()


def judge_status(status: int) -> BatchVerdict:
    """What the status of an answer means for the batch."""
    if 200 <= status < 300:
        return BatchVerdict.ACCEPTED
    if status == 409:
        return BatchVerdict.KNOWN
    return BatchVerdict.REFUSED if status in OF_THE_BATCH else BatchVerdict.LATER


def code_of(status: int) -> str:
    """The error to tell the operator for a status."""
    names = {401: "unauthorized", 403: "forbidden", 404: "not_found", 410: "not_found", 429: "throttled"}
    if status in names:
        return names[status]
    return "server_error" if status >= 500 else f"status_{status}"


def checked_destination(kind: StreamFormat, address: str, token: str) -> Destination:
    """A destination as it is stored; of xAPI, the address is that of the statements.

    Raises StreamSettingsRefused for an address that is not https (http only on this machine), and for a token that
    cannot stand in a header.
    """
    address = address.strip()
    host = urlsplit(address).hostname or "" if host_of(address) else ""
    is_encrypted = address.startswith("https://") or host in LOCAL_HOSTS or host.endswith(".localhost")
    is_plain = len(address) <= MAX_URL and address.isascii() and address.isprintable()
    if not (host and is_encrypted and is_plain) or set(address) & set(" @#"):
        raise StreamSettingsRefused("the address must be an https address (http only on localhost)")
    token = token.strip()
    if len(token) > MAX_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise StreamSettingsRefused("the token must be one line of letters, digits and signs without spaces")
    if kind is not StreamFormat.CALIPER and not address.rstrip("/").endswith(STATEMENTS):
        address = address.rstrip("/") + STATEMENTS
    return Destination(kind, address, token)
