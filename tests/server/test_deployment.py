"""The examples of reverse proxies and containers agree with the limits of the server behind them."""

import re
from pathlib import Path

import pytest

from lti_app.app import largest_request
from lti_app.core.settings import Settings, load_settings
from lti_app.server.limits import ConnectionLimits

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = {"MB": 10**6, "m": 2**20, "g": 2**30}
ROOM = 4_000_000
"""Bytes above the largest request, so that it is the tool that tells people what is too large."""


def found(name: str, pattern: str) -> str:
    (only,) = re.findall(pattern, (DEPLOY / name).read_text(encoding="utf-8"))
    return str(only)


def size(told: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(\w+)", told).groups()  # type: ignore[union-attr]
    return int(number) * UNITS[unit]


@pytest.fixture
def settings() -> Settings:
    return load_settings({"COLLOQUY_SECRET_KEY": "s" * 32})


@pytest.mark.parametrize(
    ("name", "pattern"), [("nginx.conf", r"client_max_body_size (\S+);"), ("Caddyfile", r"max_size (\S+)")]
)
def test_proxies_pass_on_what_the_tool_takes(settings: Settings, name: str, pattern: str):
    assert largest_request(settings) <= size(found(name, pattern)) <= largest_request(settings) + ROOM
    assert "COLLOQUY_READING_FILE_MB" in (DEPLOY / name).read_text(encoding="utf-8")


def test_the_rule_of_the_guide_holds_for_other_settings():
    for reading, attachment in ((50, 10), (500, 10), (10, 100), (20, 8), (5, 1)):
        environ = {"READING_FILE_MB": str(reading), "ATTACHMENT_FILE_MB": str(attachment), "SECRET_KEY": "s" * 32}
        settings = load_settings({f"COLLOQUY_{name}": value for name, value in environ.items()})
        assert largest_request(settings) <= (max(reading, 3 * attachment, 20) + 1) * 10**6


def test_proxies_wait_as_long_as_a_request_may_take():
    waits = int(found("nginx.conf", r"proxy_read_timeout (\d+)s;"))
    assert waits > ConnectionLimits(largest_body=1).request_seconds


@pytest.mark.parametrize(
    ("name", "compressing"), [("nginx.conf", r"^\s*gzip on|^\s*brotli on"), ("Caddyfile", r"^\s*encode\b")]
)
def test_proxies_leave_it_to_the_tool_what_is_compressed(name: str, compressing: str):
    assert not re.search(compressing, (DEPLOY / name).read_text(encoding="utf-8"), re.MULTILINE)


def test_a_container_has_room_for_the_requests_of_a_process_and_their_answers(settings: Settings):
    limits = ConnectionLimits(largest_body=largest_request(settings))
    assert size(found("compose.yaml", r"/tmp:size=(\w+)")) >= 2 * limits.most_spooled
