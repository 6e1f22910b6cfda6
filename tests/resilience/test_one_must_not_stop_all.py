"""A platform that takes connections and never answers, in front of the server as shipped: everybody else is served."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lti_app.core.clock import system_clock
from lti_app.lti.registrations import add_platform
from tests.resilience.arriving import CLIENT, ISSUER, Arriving
from tests.resilience.hanging import Hanging
from tests.resilience.installation import Installation
from tests.resilience.visitor import Visitor

LAUNCHES = 50


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    with Hanging().running() as server:
        yield server


@pytest.fixture
def installation(database_url: str, tmp_path: Path, hanging: Hanging) -> Iterator[Installation]:
    installed = Installation(tmp_path, database_url)
    installed.register_and_seed()
    with installed.database.writing() as session:
        addresses = {f"auth_{name}_url": f"{hanging.url}/{name}" for name in ("login", "token")}
        add_platform(
            session,
            issuer=ISSUER,
            client_id=CLIENT,
            jwks_url=f"{hanging.url}/jwks",
            deployment_ids=["1"],
            now=system_clock(),
            **addresses,
        )
    try:
        installed.start()
        yield installed
    finally:
        installed.end()


def test_launches_of_a_platform_whose_key_set_hangs(installation: Installation, hanging: Hanging):
    """One request waits for it, and others are read to meanwhile; all fifty launches get an answer."""
    reader = Visitor(installation.lms_url, "amara")
    page = reader.launch().headers["Location"]
    people = [Arriving(installation.tool_url) for _ in range(LAUNCHES)]
    with ThreadPoolExecutor(LAUNCHES) as pool:
        answers = [pool.submit(each.launch) for each in people]
        while not all(answer.done() for answer in answers):
            assert reader.page(installation.tool_url + page)[0] == 200
        assert {answer.result() for answer in answers} == {502}
    assert hanging.taken == 1
    reader.close()
