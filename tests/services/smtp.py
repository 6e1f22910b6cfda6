"""A mail server that keeps what it accepts, and refuses what a test tells it to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from lti_app.core.mail import MailServer
from tests.resilience.processes import free_port

ACCEPTED = "250 OK"


@dataclass
class MailSink:
    """What has come, in order, and what is said instead of "250 OK" to a recipient or to a mail."""

    received: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    came_from: list[str] = field(default_factory=list)
    "The senders of their envelopes."
    says_to_address: dict[str, str] = field(default_factory=dict)
    says_to_sender: str = ACCEPTED
    says_to_mail: str = ACCEPTED
    port: int = 0
    count: int = 0
    at_mail: Callable[[int], object] | None = None
    """Called with the number of each mail once it is accepted, before the answer goes out."""

    @property
    def server(self) -> MailServer:
        """How to reach it."""
        return MailServer("127.0.0.1", self.port, "none")

    async def _on_mail(self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self.says_to_sender == ACCEPTED:
            envelope.mail_from = address
        return self.says_to_sender

    async def _on_rcpt(self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:
        answer = self.says_to_address.get(address, ACCEPTED)
        if answer == ACCEPTED:
            envelope.rcpt_tos.append(address)
        return answer

    async def _on_data(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.says_to_mail == ACCEPTED:
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.received.append(message)
            self.to += envelope.rcpt_tos
            self.came_from.append(envelope.mail_from)
            self.count += 1
            if self.at_mail is not None:
                self.at_mail(self.count)
        return self.says_to_mail

    handle_MAIL, handle_RCPT, handle_DATA = _on_mail, _on_rcpt, _on_data


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """A server of this machine, on a free port."""
    sink = MailSink()
    sink.port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
