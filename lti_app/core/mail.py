"""Mail to a server, by SMTP: limited in time, with what it answers told apart by who must do something about it."""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import getaddresses
from socket import SHUT_RDWR, socket
from threading import Event, Timer
from typing import Any

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 20.0
"""How long one answer of the server may take."""
LEAVE_SECONDS = 2.0
MAIL_SECONDS = 60.0
"""How long one mail may take as a whole, however slowly the server answers."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is sent, and how."""

    host: str
    port: int
    tls: str
    """starttls, tls or none."""
    user: str = ""
    password: str = ""


class SmtpProblem(Exception):
    """A mail was not accepted.

    `code` is one of: timeout, unreachable, tls, login, busy, address, sender, content. `status` is the server's reply
    code as text, never its words, which may name people. `is_final` if the same mail will never be accepted, and
    `is_general` if no other would be accepted now either.
    """

    def __init__(self, code: str, status: str = "", *, is_final: bool = False, is_general: bool = False) -> None:
        self.code, self.status, self.is_final, self.is_general = code, status, is_final, is_general
        super().__init__(code)


def is_mail_sender(text: str) -> bool:
    """Whether this is one mail address, perhaps with a name before it, that can head a mail."""
    found = getaddresses([text])
    address = found[0][1] if len(found) == 1 else ""
    local, at, host = address.rpartition("@")
    return bool(at and local and host) and text.isprintable() and not set(address) & set(' ,;:<>"\\')


def is_return_address(text: str) -> bool:
    """Whether mail can come back to this address with a part added before its @, and can be sorted by that."""
    return re.fullmatch(r"[A-Za-z0-9._-]{1,24}@[A-Za-z0-9.-]{1,190}", text) is not None


class _Watched:
    """Tells of its socket as soon as it has one, before the server has said a word."""

    def __init__(self, *arguments: Any, watch: Callable[[socket], None], **options: Any) -> None:
        self._watch = watch
        super().__init__(*arguments, **options)

    def _get_socket(self, *arguments: Any) -> socket:
        found: socket = super()._get_socket(*arguments)  # type: ignore[misc]  # of smtplib
        self._watch(found)
        return found


class _Plain(_Watched, smtplib.SMTP):
    pass


class _Secure(_Watched, smtplib.SMTP_SSL):
    pass


class SmtpConnection:
    """A connection to a mail server, opened for the first mail and again after a failure. For one thread."""

    def __init__(self, server: MailServer, *, mail_seconds: float = MAIL_SECONDS) -> None:
        self._server, self._mail_seconds = server, mail_seconds
        self._smtp: smtplib.SMTP | None = None
        self._socket: socket | None = None

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Hand over one mail; returns when the server has accepted it. Raises SmtpProblem.

        The addresses are those of the envelope. Whatever goes wrong, the connection is closed, except where the server
        has only rejected this mail.
        """
        try:
            with self._cut_off() as is_late:
                self._hand_over(self._open(), message, sender, recipient)
        except SmtpProblem as problem:
            if problem.is_general:
                self.close()
            raise
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise SmtpProblem("timeout", is_general=True) if is_late.is_set() else _problem(error) from None

    def close(self) -> None:
        """Take leave of the server."""
        smtp, self._smtp, self._socket = self._smtp, None, None
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                if smtp.sock is not None:
                    smtp.sock.settimeout(LEAVE_SECONDS)
                smtp.quit()
            smtp.close()

    @contextmanager
    def _cut_off(self) -> Iterator[Event]:
        """End the connection when the time for one mail is over: the limit of a socket begins anew with each byte.

        Yields what is set then: a clock of our own might say that it is a moment too early for that.
        """
        is_late = Event()
        timer = Timer(self._mail_seconds, self._cut, (is_late,))
        timer.daemon = True
        timer.start()
        try:
            yield is_late
        finally:
            timer.cancel()

    def _cut(self, is_late: Event) -> None:
        is_late.set()
        if (found := self._socket) is not None:
            with suppress(OSError):
                found.shutdown(SHUT_RDWR)

    def _watch(self, found: socket) -> None:
        self._socket = found

    def _open(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        server, context = self._server, ssl.create_default_context()
        host, port = server.host, server.port
        if server.tls == "tls":
            smtp: smtplib.SMTP = _Secure(host, port, timeout=CONNECT_SECONDS, watch=self._watch, context=context)
        else:
            smtp = _Plain(host, port, timeout=CONNECT_SECONDS, watch=self._watch)
        self._smtp = smtp
        if smtp.sock is not None:
            smtp.sock.settimeout(ANSWER_SECONDS)
        if server.tls == "starttls":
            self._start_tls(smtp, context)
        if server.user:
            self._log_in(smtp)
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.login(self._server.user, self._server.password)
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
            raise SmtpProblem("login", str(getattr(error, "smtp_code", "")), is_general=True) from None

    def _start_tls(self, smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
        try:
            smtp.starttls(context=context)
        except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException):
            raise SmtpProblem("tls", is_general=True) from None

    def _hand_over(self, smtp: smtplib.SMTP, message: EmailMessage, sender: str, recipient: str) -> None:
        """MAIL, RCPT and DATA, one by one, to know which of them is refused."""
        smtp.ehlo_or_helo_if_needed()
        steps: tuple[tuple[str, Callable[[], tuple[int, bytes]]], ...] = (
            ("sender", lambda: smtp.mail(sender)),
            ("address", lambda: smtp.rcpt(recipient)),
            ("content", lambda: smtp.data(message.as_bytes())),
        )
        for code, step in steps:
            try:
                status, _words = step()
            except smtplib.SMTPDataError as error:
                status = error.smtp_code
            if not 200 <= status < 300:
                self._refused(smtp, code, status)

    def _refused(self, smtp: smtplib.SMTP, code: str, status: int) -> None:
        """Say what a reply code means. 421 ends the connection; other 4xx may concern this mail alone."""
        if status == 421:
            raise SmtpProblem("busy", str(status), is_general=True)
        try:
            smtp.rset()
        except (OSError, smtplib.SMTPException):
            self.close()
        if 400 <= status < 500:
            raise SmtpProblem("busy", str(status))
        # A sender that is refused is our own setting, and the same for every mail.
        raise SmtpProblem(code, str(status), is_final=code != "sender", is_general=code == "sender")


def _problem(error: Exception) -> SmtpProblem:
    if isinstance(error, TimeoutError):
        return SmtpProblem("timeout", is_general=True)
    if isinstance(error, ssl.SSLError):
        return SmtpProblem("tls", is_general=True)
    if isinstance(error, smtplib.SMTPServerDisconnected | OSError) and not hasattr(error, "smtp_code"):
        return SmtpProblem("unreachable", is_general=True)
    return SmtpProblem("busy", str(getattr(error, "smtp_code", "")), is_general=True)
