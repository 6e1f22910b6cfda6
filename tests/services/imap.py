"""A folder on an IMAP server that knows as much of the protocol as a reader of returned mail needs."""

import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from lti_app.core.imap import ImapServer

USER, PASSWORD = "bounces@example.edu", 'a "password"'


@dataclass
class StoredMail:
    """A mail in the folder."""

    raw: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class ImapSink:
    """The folder by uid, and all commands in order."""

    mails: dict[int, StoredMail] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    capabilities: str = "IMAP4rev1 UIDPLUS"
    port: int = 0
    at_command: Callable[[str], object] = lambda _command: None
    "Called before a command is answered; whatever it returns, as bytes, is sent in place of the answer."

    def put(self, raw: bytes) -> int:
        """A mail arrives."""
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = StoredMail(raw)
        return uid

    def server(self, *, tls: str = "none", password: str = PASSWORD, folder: str = "INBOX") -> ImapServer:
        """How to reach it."""
        return ImapServer("127.0.0.1", self.port, tls, USER, password, folder)

    def answer(self, command: str) -> Iterator[bytes]:
        """The untagged lines of an answer."""
        words = command.split()
        if words[0] == "CAPABILITY":
            yield f"* CAPABILITY {self.capabilities}\r\n".encode()
        if words[0] == "SELECT":
            yield f"* {len(self.mails)} EXISTS\r\n".encode()
        if words[0] == "EXPUNGE":
            self._expunge(self.mails)
        if words[0] == "UID":
            yield from getattr(self, f"_{words[1].lower()}")(words[2:])

    def _search(self, _words: list[str]) -> Iterator[bytes]:
        new = [str(uid) for uid, mail in self.mails.items() if not mail.flags]
        yield f"* SEARCH {' '.join(new)}\r\n".encode()

    def _fetch(self, words: list[str]) -> Iterator[bytes]:
        uid = int(words[0])
        size = re.search(r"<0\.(\d+)>", words[1])
        if uid in self.mails and size:
            part = self.mails[uid].raw[: int(size[1])]
            yield f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(part)}}}\r\n".encode() + part + b")\r\n"

    def _store(self, words: list[str]) -> Iterator[bytes]:
        for uid in words[0].split(","):
            self.mails[int(uid)].flags |= {word.strip("()") for word in words[2:]}
        yield b""

    def _expunge(self, words: Any) -> Iterator[bytes]:
        named = {int(uid) for uid in words[0].split(",")} if isinstance(words, list) else set(self.mails)
        for uid in named:
            if r"\Deleted" in self.mails[uid].flags:
                del self.mails[uid]
        return iter(())


class _Connection(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        sink: ImapSink = self.server.sink  # type: ignore[attr-defined]
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, _, command = line.decode("latin-1").strip().partition(" ")
            sink.said.append(command)
            odd = sink.at_command(command)
            try:
                if isinstance(odd, bytes):
                    self.wfile.write(odd.replace(b"TAG", tag.encode()))
                    continue
                for piece in sink.answer(command):
                    self.wfile.write(piece)
                self.wfile.write(self._end(tag, command))
            except OSError:
                return
            if command == "LOGOUT":
                return

    def _end(self, tag: str, command: str) -> bytes:
        is_wrong = command.startswith("LOGIN") and command != f'LOGIN {USER} "a \\"password\\""'
        is_missing = command.startswith("SELECT") and command != 'SELECT "INBOX"'
        return f"{tag} {'NO' if is_wrong or is_missing else 'OK'} so be it\r\n".encode()


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def imap_sink() -> Iterator[ImapSink]:
    """A server of this machine, on a free port."""
    sink = ImapSink()
    with _Listener(("127.0.0.1", 0), _Connection) as listener:
        listener.sink = sink  # type: ignore[attr-defined]
        sink.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            listener.shutdown()
            thread.join(5)
