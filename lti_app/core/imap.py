"""A folder of mail on a server, by IMAP: limited in time and size, with what goes wrong told apart."""

import imaplib
import re
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socket import SHUT_RDWR, socket
from threading import Timer
from typing import Any
from urllib.parse import unquote, urlsplit

ANSWER_SECONDS = 20.0
"""How long the server may be silent."""
VISIT_SECONDS = 60.0
"""How long one visit may take as a whole, however slowly the server answers."""
MOST_SPOKEN = 4_000_000
"""Bytes that one answer may announce."""
DEFAULT_PORTS = {"imaps": 993, "imap": 143}
_USER = re.compile(r"[A-Za-z0-9.@+_=~-]{1,254}")
"""Without a colon, after which a password would begin."""
_FOLDER = re.compile(r"[ -~]{1,254}")
_DELETED, _READ = r"(\Deleted \Seen)", r"(\Seen)"


@dataclass(frozen=True)
class ImapServer:
    """Where a mailbox is, and how to get at it."""

    host: str
    port: int
    tls: str
    """tls, starttls or none."""
    user: str
    password: str = field(default="", repr=False)
    folder: str = "INBOX"


class ImapProblem(Exception):
    """A mailbox cannot be read now. `code` is one of: timeout, unreachable, tls, login, folder, answer."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def imap_server_at(url: str, password: str = "") -> ImapServer:
    """The server of an address such as imaps://user@imap.example.edu/INBOX; imap:// is secured by STARTTLS.

    Raises ValueError. The user may have an @, which needs no encoding; a password has no place in the address.
    """
    parts = urlsplit(url)
    port = parts.port  # raises ValueError for a port that is no number
    user = unquote(parts.netloc.rpartition("@")[0])
    folder = unquote(parts.path.removeprefix("/")) or "INBOX"
    is_sound = _USER.fullmatch(user) and _FOLDER.fullmatch(folder) and not (parts.query or parts.fragment)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or not is_sound:
        raise ValueError("must be an address such as imaps://user@imap.example.edu/INBOX, without a password")
    tls = "tls" if parts.scheme == "imaps" else "starttls"
    return ImapServer(parts.hostname, port or DEFAULT_PORTS[parts.scheme], tls, user, password, folder)


class _Bounded:
    """Tells of its socket before the server has said a word, and takes no answer that is too large."""

    def __init__(self, visit: "_Visit", *arguments: Any, **options: Any) -> None:
        self._visit = visit
        super().__init__(*arguments, **options)

    def open(self, *arguments: Any, **options: Any) -> None:
        super().open(*arguments, **options)  # type: ignore[misc]  # of imaplib
        self._visit.connection = self.sock  # type: ignore[attr-defined]  # likewise

    def read(self, size: int) -> bytes:
        if size > MOST_SPOKEN:
            raise imaplib.IMAP4.abort("too much")
        found: bytes = super().read(size)  # type: ignore[misc]  # of imaplib
        return found


class _Plain(_Bounded, imaplib.IMAP4):
    pass


class _Secure(_Bounded, imaplib.IMAP4_SSL):
    pass


@dataclass
class _Visit:
    """One connection, which ends when its time is over: the limit of a socket begins anew with each byte."""

    seconds: float
    connection: socket | None = None
    _ends: float = 0.0

    def __enter__(self) -> "_Visit":
        self._ends = time.monotonic() + self.seconds
        self._timer = Timer(self.seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._ends

    def _cut(self) -> None:
        if self.connection is not None:
            with suppress(OSError):
                self.connection.shutdown(SHUT_RDWR)


class ImapFolder:
    """An open folder. For one thread."""

    def __init__(self, imap: imaplib.IMAP4) -> None:
        self._imap = imap
        _answer, told = imap.capability()  # some servers name what they can do only to those whom they know
        self._can_expunge_some = b"UIDPLUS" in (told[0] or b"").upper().split()

    def list_new(self, most: int) -> list[str]:
        """The oldest mails that nobody has read or deleted yet."""
        found = self._ask("SEARCH", "UNSEEN", "UNDELETED")
        return (found[0] or b"").decode("ascii", "replace").split()[:most]

    def fetch(self, uid: str, most_bytes: int) -> bytes:
        """The beginning of a mail, which stays unread; empty if it is gone."""
        found = self._ask("FETCH", uid, f"(BODY.PEEK[]<0.{most_bytes}>)")
        return next((part[1] for part in found if isinstance(part, tuple)), b"")

    def mark_read(self, uids: Sequence[str]) -> None:
        """Leave mails in the folder, as read."""
        if uids:
            self._ask("STORE", ",".join(uids), "+FLAGS.SILENT", _READ)

    def delete(self, uids: Sequence[str]) -> None:
        """Delete mails for good."""
        if not uids:
            return
        self._ask("STORE", ",".join(uids), "+FLAGS.SILENT", _DELETED)
        if self._can_expunge_some:
            self._ask("EXPUNGE", ",".join(uids))
        else:
            self._imap.expunge()

    def _ask(self, command: str, *arguments: str) -> list[Any]:
        answer, found = self._imap.uid(command, *arguments)
        if answer != "OK":
            raise ImapProblem("answer")
        return found


@contextmanager
def imap_folder(server: ImapServer, *, seconds: float = VISIT_SECONDS) -> Iterator[ImapFolder]:
    """Visit a folder. Raises ImapProblem, also for what goes wrong in the block."""
    with _Visit(seconds) as visit:
        try:
            imap = _connect(server, visit)
            try:
                yield _open(imap, server, visit)
            finally:
                with suppress(OSError, imaplib.IMAP4.error):
                    imap.logout()
                with suppress(OSError):
                    imap.shutdown()
        except (OSError, imaplib.IMAP4.error) as error:
            raise ImapProblem("timeout" if visit.is_over else _code(error)) from None


def _connect(server: ImapServer, visit: _Visit) -> imaplib.IMAP4:
    seconds = min(ANSWER_SECONDS, visit.seconds)
    if server.tls != "tls":
        return _Plain(visit, server.host, server.port, timeout=seconds)
    context = ssl.create_default_context()
    return _Secure(visit, server.host, server.port, ssl_context=context, timeout=seconds)


def _open(imap: imaplib.IMAP4, server: ImapServer, visit: _Visit) -> ImapFolder:
    if server.tls == "starttls":
        try:
            imap.starttls(ssl.create_default_context())
        except imaplib.IMAP4.error:
            raise ImapProblem("tls") from None
        visit.connection = imap.sock
    try:
        imap.login(server.user, server.password)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, UnicodeEncodeError):
        raise ImapProblem("login") from None
    answer, _count = imap.select(_quoted(server.folder))
    if answer != "OK":
        raise ImapProblem("folder")
    return ImapFolder(imap)


def _quoted(folder: str) -> str:
    return '"{}"'.format(re.sub(r'(["\\])', r"\\\1", folder))


def _code(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return "tls"
    return "unreachable" if isinstance(error, OSError | imaplib.IMAP4.abort) else "answer"
