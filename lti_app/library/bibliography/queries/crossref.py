"""Looks up DOIs at Crossref, the registry of nearly all scholarly journals and books."""

from typing import Any
from urllib.parse import quote

from lti_app.core.http import Outgoing, OutgoingError
from lti_app.core.places import Places
from lti_app.library.bibliography.errors import DoiUnknown, DoiUnreachable
from lti_app.library.bibliography.ports import DoiLookup

HOST = "api.crossref.org"
CSL = "application/vnd.citationstyles.csl+json"
CONNECT_SECONDS, READ_SECONDS = 1.0, 1.5
DEADLINE_SECONDS = 2.5
"""A page waits for the answer: together with the last piece that is being read, never more than 4 seconds."""


class Crossref:
    """Asks Crossref alone, and follows it nowhere else: doi.org would lead on to wherever a publisher likes."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing

    def __call__(self, doi: str, /) -> dict[str, Any]:
        """The work's CSL-JSON; raises DoiUnknown or DoiUnreachable."""
        url = f"https://{HOST}/works/{quote(doi, safe='')}/transform/{CSL}"
        try:
            answer = self._outgoing.request(
                "GET", url, headers={"Accept": CSL}, allowed_hosts={HOST}, deadline=DEADLINE_SECONDS
            )
            if answer.status in (404, 410):
                raise DoiUnknown
            work = answer.json() if answer.ok else None
        except OutgoingError as error:
            raise DoiUnreachable from error
        if not isinstance(work, dict):
            raise DoiUnreachable
        return work


def make_lookup(*, enabled: bool, places: Places[str] | None = None) -> DoiLookup:
    """Crossref, or where the operator keeps the server from asking others, what never finds anything.

    It is asked in one of `places`, which others may share.
    """
    outgoing = Outgoing(connect_seconds=CONNECT_SECONDS, read_seconds=READ_SECONDS, places=places)
    return Crossref(outgoing) if enabled else _look_nowhere


def _look_nowhere(_doi: str) -> dict[str, Any]:
    raise DoiUnreachable
