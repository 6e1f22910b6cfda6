"""Launches while the key-value store does not answer."""

from collections.abc import Iterator

import pytest

from lti_app.core.key_value import RedisStore
from tests.lti.fake_lms import Browser
from tests.resilience.processes import free_port


@pytest.fixture
def store_of_edge() -> Iterator[RedisStore]:
    with RedisStore(f"redis://127.0.0.1:{free_port()}/0") as store:
        yield store


def test_login_and_launch_say_to_try_again(visitor: Browser):
    login = visitor.client.post("/lti/login", data=visitor.lms.login_params())
    launch = visitor.post(visitor.lms.sign(visitor.lms.claims("nonce")), "state" * 8)
    for answer in (login, launch):
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "right now" in answer.text
