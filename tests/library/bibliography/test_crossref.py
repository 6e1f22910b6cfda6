"""Looking up a DOI: one host, few seconds, and every failure said in one of two ways."""

import pytest
import requests
import responses

from lti_app.library.bibliography.errors import DoiUnknown, DoiUnreachable
from lti_app.library.bibliography.queries.crossref import HOST, make_lookup

DOI = "10.1002/(SICI)1<2::AID>3"
URL = f"https://{HOST}/works/10.1002%2F%28SICI%291%3C2%3A%3AAID%3E3/transform/application/vnd.citationstyles.csl+json"


@pytest.fixture
def crossref():
    with responses.RequestsMock() as mock:
        yield mock


def test_a_work_is_found(crossref):
    crossref.get(URL, json={"title": "T"})
    assert make_lookup(enabled=True)(DOI) == {"title": "T"}


FAILURES = {
    "unknown": ({"status": 404}, DoiUnknown),
    "out of order": ({"status": 503}, DoiUnreachable),
    "no JSON": ({"body": "<html>"}, DoiUnreachable),
    "no record": ({"json": [1]}, DoiUnreachable),
    "as deep as Python can just read": ({"body": b'{"title": ' + b"[" * 850 + b"]" * 850 + b"}"}, DoiUnreachable),
    "too large": ({"body": b"[" * 3_000_000}, DoiUnreachable),
    "leads elsewhere": ({"status": 302, "headers": {"Location": "https://evil.example/"}}, DoiUnreachable),
    "too slow": ({"body": requests.ReadTimeout()}, DoiUnreachable),
    "not there": ({"body": requests.ConnectionError()}, DoiUnreachable),
}


@pytest.mark.parametrize(("answer", "error"), FAILURES.values(), ids=FAILURES)
def test_what_fails(crossref, answer, error):
    crossref.get(URL, **answer)
    with pytest.raises(error):
        make_lookup(enabled=True)(DOI)


def test_nobody_is_asked_where_the_operator_forbids_it():
    with pytest.raises(DoiUnreachable):
        make_lookup(enabled=False)(DOI)
