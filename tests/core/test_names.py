"""Names that no server answers for: nobody waits for them longer than for an answer, and the others are looked up."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

import pytest

from lti_app.core.http import Outgoing, OutgoingTimeout, OutgoingUnreachable, host_of
from lti_app.core.names import NameNotFoundInTime, Resolver
from lti_app.core.places import Places
from tests.lti.fake_lms import KeyServer, Served

PATIENCE = 30.0


@dataclass
class NameServers:
    """What the system asks. Names below `.silent` have no answer until the end, those below `.gone` are none."""

    asked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def look_up(self, host: str, port: int | None, *_about: Any, **_more: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        if host.endswith(".silent"):
            self.over.wait(PATIENCE)
        if host.endswith((".silent", ".gone")):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))] * 3


@pytest.fixture
def servers(monkeypatch) -> Iterator[NameServers]:
    servers = NameServers()
    monkeypatch.setattr(socket, "getaddrinfo", servers.look_up)
    yield servers
    servers.over.set()


def ask(outgoing: Outgoing, url: str, deadline: float = PATIENCE) -> int:
    return outgoing.request("GET", url, allowed_hosts={host_of(url)}, deadline=deadline).status


def look_up(resolver: Resolver, host: str, seconds: float = 0.05) -> list[str]:
    ends = time.monotonic() + seconds
    return resolver.addresses(host, 443, ends=ends, while_true=lambda: True, look_seconds=0.01)


class TestRequests:
    def test_name_that_is_never_answered_for(self, servers: NameServers):
        with pytest.raises(OutgoingTimeout):
            ask(Outgoing(), "https://lms.silent/keys", deadline=0.2)
        assert servers.asked == ["lms.silent"]

    def test_it_holds_no_more_than_the_share_of_slow_systems(self, servers: NameServers, key_server: KeyServer):
        key_server.answers["/"] = Served(b"here")
        outgoing = Outgoing(places=Places(2, slow_seconds=0.05))
        with ThreadPoolExecutor(2) as pool:
            slow = {pool.submit(ask, outgoing, f"https://{name}.silent/") for name in "ab"}
            ended, waits_on = wait(slow, return_when=FIRST_COMPLETED)
            assert [type(each.exception()) for each in ended] == [OutgoingTimeout]  # long before its own deadline
            assert ask(outgoing, key_server.url.replace("127.0.0.1", "lms.well") + "/") == 200
            assert not any(each.done() for each in waits_on)
            servers.over.set()

    def test_name_that_does_not_exist(self, servers: NameServers):
        with pytest.raises(OutgoingUnreachable):
            ask(Outgoing(), "https://lms.gone/")
        assert servers.asked == ["lms.gone"]

    def test_name_that_can_be_none(self, servers: NameServers):
        with pytest.raises(OutgoingUnreachable):
            ask(Outgoing(), f"https://{'a' * 64}.example/")


class TestResolver:
    def test_each_address_once(self, servers: NameServers):
        assert look_up(Resolver(), "lms.well", PATIENCE) == ["127.0.0.1"]

    def test_those_who_ask_for_one_name_share_a_lookup(self, servers: NameServers):
        resolver = Resolver()
        for _ in range(5):
            with pytest.raises(NameNotFoundInTime):
                look_up(resolver, "lms.silent")
        assert servers.asked == ["lms.silent"]

    def test_so_many_names_at_a_time_and_no_more(self, servers: NameServers):
        resolver = Resolver(most=3)
        for number in range(10):
            with pytest.raises(NameNotFoundInTime):
                look_up(resolver, f"{number}.silent")
        assert servers.asked == ["0.silent", "1.silent", "2.silent"]

    def test_there_is_room_again_when_they_were_answered(self, servers: NameServers):
        resolver = Resolver(most=1)
        for _ in range(3):
            with pytest.raises(socket.gaierror):
                look_up(resolver, "lms.gone", PATIENCE)
            assert look_up(resolver, "lms.well", PATIENCE) == ["127.0.0.1"]

    def test_waiting_ends_when_it_must(self, servers: NameServers):
        ends = time.monotonic() + PATIENCE
        with pytest.raises(NameNotFoundInTime):
            Resolver().addresses("lms.silent", 443, ends=ends, while_true=lambda: False, look_seconds=0.01)
