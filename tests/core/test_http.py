"""Requests to LMSs: bounded, and only to hosts that are allowed."""

import pytest

from lti_app.core import http
from lti_app.core.http import (
    MAX_BYTES,
    Outgoing,
    OutgoingBadAnswer,
    OutgoingForbidden,
    OutgoingTimeout,
    OutgoingTooLarge,
    OutgoingUnreachable,
    host_of,
    is_allowed,
)
from tests.lti.fake_lms import KeyServer, Served


@pytest.fixture
def outgoing() -> Outgoing:
    return Outgoing(connect_seconds=1.5, read_seconds=1.5)


def get(outgoing: Outgoing, url: str, **options):
    return outgoing.request("GET", url, allowed_hosts={host_of(url)}, **options)


def test_an_answer(outgoing: Outgoing, key_server: KeyServer):
    key_server.answers["/a"] = Served(b'{"a": 1}', 201, {"X-Thing": "yes"})
    answer = get(outgoing, key_server.url + "/a")
    assert (answer.status, answer.ok, answer.reason, answer.headers["x-thing"]) == (201, True, "Created", "yes")
    assert answer.json() == {"a": 1}


def test_an_error_status_is_an_answer(outgoing: Outgoing, key_server: KeyServer):
    answer = get(outgoing, key_server.url + "/none")
    assert (answer.status, answer.ok, answer.body) == (404, False, b"not here")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b"\xff"])
def test_no_json(body: bytes, outgoing: Outgoing, key_server: KeyServer):
    key_server.answers["/a"] = Served(body)
    answer = get(outgoing, key_server.url + "/a")
    with pytest.raises(OutgoingBadAnswer):
        answer.json()


def test_one_that_hangs(outgoing: Outgoing, key_server: KeyServer):
    key_server.answers["/a"] = Served(b"", hangs=True)
    with pytest.raises(OutgoingTimeout):
        get(outgoing, key_server.url + "/a")


def test_one_that_trickles(outgoing: Outgoing, key_server: KeyServer):
    key_server.answers["/a"] = Served(b"x" * 500_000)
    with pytest.raises(OutgoingTimeout):
        get(outgoing, key_server.url + "/a", deadline=0)


def test_one_that_breaks_off(outgoing: Outgoing, key_server: KeyServer):
    key_server.answers["/a"] = Served(b"x", headers={"Content-Length": "100"})
    with pytest.raises((OutgoingUnreachable, OutgoingTimeout)):
        get(outgoing, key_server.url + "/a")


def test_one_that_is_not_there(outgoing: Outgoing):
    with pytest.raises(OutgoingUnreachable):
        get(outgoing, "http://127.0.0.1:9/a")


@pytest.mark.parametrize(("size", "fits"), [(MAX_BYTES, True), (MAX_BYTES + 1, False)])
def test_the_largest_answer(size: int, fits: bool, outgoing: Outgoing, key_server: KeyServer):
    key_server.answers["/a"] = Served(b"x" * size)
    if fits:
        assert len(get(outgoing, key_server.url + "/a").body) == size
    else:
        with pytest.raises(OutgoingTooLarge):
            get(outgoing, key_server.url + "/a")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "file:///etc/passwd", "gopher://x/", "", "http://", "http://[::1"]
)
def test_hosts_that_are_not_allowed(url: str, outgoing: Outgoing, key_server: KeyServer):
    with pytest.raises(OutgoingForbidden):
        outgoing.request("GET", url, allowed_hosts={host_of(key_server.url)})


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_get_follows_redirects(method: str, outgoing: Outgoing, key_server: KeyServer):
    key_server.answers["/a"] = Served(b"", 307, {"Location": "/b"})
    if method == "POST":
        answer = outgoing.request(method, key_server.url + "/a", allowed_hosts={host_of(key_server.url)})
        assert answer.status == 307
    key_server.answers["/b"] = Served(b"{}")
    assert get(outgoing, key_server.url + "/a").status == 200


@pytest.mark.parametrize(
    "location", ["https://evil.example/", "//evil.example/", "http://localhost:1/", "ftp://x/", ""]
)
def test_redirects_that_lead_away(location: str, outgoing: Outgoing, key_server: KeyServer):
    key_server.answers["/a"] = Served(b"", 302, {"Location": location})
    with pytest.raises(OutgoingForbidden):
        get(outgoing, key_server.url + "/a")


def test_what_is_sent(outgoing: Outgoing, key_server: KeyServer, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    key_server.answers["/a"] = Served(b"", headers={"Set-Cookie": "tenant=1"})
    get(outgoing, key_server.url + "/a", headers={"Authorization": "Bearer x"})
    get(outgoing, key_server.url + "/a")
    first, second = key_server.headers
    assert first["User-Agent"].startswith("Colloquy/")
    assert first["Authorization"] == "Bearer x"
    assert "Authorization" not in second
    assert "Cookie" not in second


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://LMS.example/a", "lms.example"),
        ("https://lms.example:443/a", "lms.example"),
        ("http://lms.example:8081", "lms.example:8081"),
        ("https://user@lms.example/", "lms.example"),
        ("http://[::1]:80/", "[::1]"),
        ("ftp://lms.example/", ""),
        ("https://lms.example:99999/", ""),
        ("lms.example", ""),
    ],
)
def test_host_of(url: str, host: str):
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://school.lms.example/a", True),
        ("https://lms.example/a", False),
        ("https://evillms.example/", False),
        ("https://school.lms.example.evil.example/", False),
        ("http://localhost:8900/x", True),
        ("http://localhost:8901/x", False),
    ],
)
def test_is_allowed(url: str, allowed: bool):
    assert is_allowed(url, {"*.LMS.example", "localhost:8900"}) is allowed


def test_the_version_is_told():
    assert http._version()
