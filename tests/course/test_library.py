"""The way to a reading through a library's proxy."""

import pytest

from lti_app.course.courses.rules import Library, library_prefix, reached_through

EZPROXY = "https://login.ezproxy.example.edu/login?url="
OPENATHENS = "https://go.openathens.net/redirector/example.edu?url="
GOOD = [
    (Library.NONE, "anything", ""),
    (Library.EZPROXY, EZPROXY, EZPROXY),
    (Library.EZPROXY, f" {EZPROXY} ", EZPROXY),
    (Library.EZPROXY, "https://login.ezproxy.example.edu", EZPROXY),
    (Library.EZPROXY, "https://login.ezproxy.example.edu/login", EZPROXY),
    (Library.EZPROXY, "https://ezproxy.example.edu:2443/login?qurl=", "https://ezproxy.example.edu:2443/login?qurl="),
    (Library.OPENATHENS, OPENATHENS, OPENATHENS),
    (Library.OPENATHENS, "https://go.openathens.net/redirector/example.edu", OPENATHENS),
]


@pytest.mark.parametrize(("library", "address", "prefix"), GOOD)
def test_prefixes_are_completed(library, address, prefix):
    assert library_prefix(library, address) == prefix


@pytest.mark.parametrize("library", [Library.EZPROXY, Library.OPENATHENS])
@pytest.mark.parametrize(
    "address",
    [
        "",
        "library",
        "http://ezproxy.example.edu/login?url=",
        "https:///login?url=",
        "https://ezproxy/login?url=",
        "https://user:secret@ezproxy.example.edu/login?url=",
        "https://ezproxy.example.edu/login?url=#x",
        "https://ezproxy.example.edu/lo gin?url=",
        'https://ezproxy.example.edu/"><script>?url=',
        "https://ezproxy.example.edu/login?user=x",
        "https://ezproxy.example.edu:port/login?url=",
        "https://[::1/login?url=",
        "javascript:alert(1)//?url=",
        "https://ezproxy.example.edu/" + "x" * 400 + "?url=",
    ],
)
def test_what_cannot_be_one_is_refused(library, address):
    assert library_prefix(library, address) is None


def test_ezproxy_takes_the_address_as_it_is_and_openathens_encoded():
    address = "https://doi.org/10.1002/x?a=1&b=2"
    assert reached_through(Library.EZPROXY, EZPROXY, address) == EZPROXY + address
    encoded = "https%3A%2F%2Fdoi.org%2F10.1002%2Fx%3Fa%3D1%26b%3D2"
    assert reached_through(Library.OPENATHENS, OPENATHENS, address) == OPENATHENS + encoded
    qurl = EZPROXY.replace("url=", "qurl=")
    assert reached_through(Library.EZPROXY, qurl, address) == qurl + encoded


def test_an_address_through_the_library_already_is_left_alone():
    address = f"{EZPROXY}https://hbr.org/x"
    assert reached_through(Library.EZPROXY, EZPROXY, address) == address
    assert reached_through(Library.NONE, "", "https://hbr.org/x") == "https://hbr.org/x"
