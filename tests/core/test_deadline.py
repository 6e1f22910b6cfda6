"""Answers that come a byte at a time: none outlasts the deadline, in whatever part of it the bytes are."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lti_app.core.http import Outgoing, OutgoingTimeout, OutgoingUnreachable, host_of

DEADLINE = 0.4
PIECES = 120
"""So many bytes, one every BETWEEN seconds: many times what the deadline allows, and then the answer is whole."""
BETWEEN = 0.02
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PARTS = {
    "status line": (b"HTTP/1.1 200 ", b"\r\nContent-Length: 0\r\n\r\n"),
    "headers": (b"HTTP/1.1 200 OK\r\nX: ", b"\r\nContent-Length: 0\r\n\r\n"),
    "headers that go on": (b"HTTP/1.1 100 Continue\r\nX: ", b"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % PIECES, b""),
    "body without a length": (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b""),
    "chunk": (CHUNKED + b"%x\r\n" % PIECES, b"\r\n0\r\n\r\n"),
    "extension of a chunk": (CHUNKED + b"0;", b"\r\n\r\n"),
    "trailer": (CHUNKED + b"0\r\nX: ", b"\r\n\r\n"),
}


@contextmanager
def dripping(before: bytes, after: bytes, secured: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a server that answers so, with PIECES bytes between, one at a time; once."""
    over = threading.Event()

    def answer() -> None:
        connection, _ = listening.accept()
        try:
            with secured.wrap_socket(connection, server_side=True) if secured else connection as talk:
                talk.recv(65536)
                talk.sendall(before)
                for _ in range(PIECES):
                    over.wait(BETWEEN)
                    talk.sendall(b"x")
                talk.sendall(after)
        except OSError:
            return  # the other side has given up

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        try:
            yield f"http{'s' if secured else ''}://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            over.set()
            thread.join()


@pytest.fixture
def secured(tmp_path: Path, monkeypatch) -> ssl.SSLContext:
    """A certificate for this machine that requests trust."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lms")])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public, both = tmp_path / "trusted.pem", tmp_path / "server.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    both.write_bytes(private + public.read_bytes())
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(public))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


def ask(url: str, deadline: float) -> int:
    return Outgoing().request("GET", url, allowed_hosts={host_of(url)}, deadline=deadline).status


@pytest.mark.parametrize("part", PARTS)
def test_bytes_that_drip(part: str):
    with dripping(*PARTS[part]) as url, pytest.raises(OutgoingTimeout):
        ask(url, DEADLINE)


@pytest.mark.parametrize("part", ["headers", "body"])
def test_bytes_that_drip_in_secret(part: str, secured: ssl.SSLContext):
    with dripping(*PARTS[part], secured) as url, pytest.raises(OutgoingTimeout):
        ask(url, DEADLINE)


@pytest.mark.parametrize("part", PARTS)
def test_slow_answers_that_are_whole_in_time(part: str, monkeypatch):
    monkeypatch.setattr(f"{__name__}.BETWEEN", 0.0)
    with dripping(*PARTS[part]) as url:
        assert ask(url, 60) == 200


def test_a_secret_answer_in_time(secured: ssl.SSLContext, monkeypatch):
    monkeypatch.setattr(f"{__name__}.BETWEEN", 0.0)
    with dripping(*PARTS["headers"], secured) as url:
        assert ask(url, 60) == 200


@pytest.fixture
def silent() -> Iterator[int]:
    """A port at which all addresses of this machine answer no attempt to connect: its queue is full."""
    with socket.create_server(("0.0.0.0", 0), backlog=0) as listening:
        port = listening.getsockname()[1]
        queued = [socket.socket() for _ in range(4)]
        for each in queued:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        yield port
        for each in queued:
            each.close()


def test_a_host_of_many_addresses_that_are_silent(silent: int, monkeypatch):
    """Each address may take as long as a connection may, all of them together no longer than the answer."""

    def resolve(host: str, port: int, *_about: object, **_more: object) -> list[tuple[object, ...]]:
        names = [f"127.0.0.{n}" for n in range(1, 31)] if host == "many.example" else [host]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (name, port)) for name in names]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    began = time.monotonic()
    with pytest.raises((OutgoingTimeout, OutgoingUnreachable)):
        Outgoing(connect_seconds=0.3).request(
            "GET", f"http://many.example:{silent}/", allowed_hosts={f"many.example:{silent}"}, deadline=1.0
        )
    assert time.monotonic() - began < 30 * 0.3 / 2
