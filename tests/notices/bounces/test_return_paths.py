"""Addresses that mail comes back to: each leads to one mail, and nobody can make one up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.notices.bounces.rules.return_paths import MOST_FOUND, ReturnPath, ReturnPaths

SECRET = "a secret of at least 32 characters"
PATHS = ReturnPaths("bounces@mail.example.edu", SECRET)
TOKEN, ANA = "0123456789abcdef", "ana@students.example.edu"


def test_an_address_leads_back_to_its_mail():
    address = PATHS.make(17, TOKEN, ANA)
    (path,) = PATHS.find([f"Mailer <{address}>, x@example.edu", address])
    assert path.mail_id == 17
    assert PATHS.is_genuine(path, TOKEN, ANA)
    assert PATHS.is_genuine(path, TOKEN, ANA.upper())


@pytest.mark.parametrize("change", [str.upper, str.title, lambda text: f"rfc822;{text}"])
def test_what_servers_do_to_addresses_does_no_harm(change):
    (path,) = PATHS.find([change(PATHS.make(17, TOKEN, ANA))])
    assert PATHS.is_genuine(path, TOKEN, ANA)


def test_it_is_of_one_mail_one_token_one_address_and_one_secret():
    (path,) = PATHS.find([PATHS.make(17, TOKEN, ANA)])
    assert not PATHS.is_genuine(ReturnPath(18, path.signature), TOKEN, ANA)
    assert not PATHS.is_genuine(ReturnPath(17, "a" * 20), TOKEN, ANA)
    assert not PATHS.is_genuine(path, TOKEN[::-1], ANA)
    assert not PATHS.is_genuine(path, TOKEN, "ben@students.example.edu")
    assert not ReturnPaths("bounces@mail.example.edu", SECRET[::-1]).is_genuine(path, TOKEN, ANA)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bounces@mail.example.edu",
        "bounces+@mail.example.edu",
        "bounces+17@mail.example.edu",
        "bounces+17-abc@mail.example.edu",
        f"bounces+17-{'a' * 21}@mail.example.edu",
        f"bounces+17-{'1' * 20}@mail.example.edu",
        f"bounces+{'9' * 19}-{'a' * 20}@mail.example.edu",
        f"bounces+-1-{'a' * 20}@mail.example.edu",
        f"bounces+١-{'a' * 20}@mail.example.edu",
        f"bounces+17-{'a' * 20}@mail-example.edu",
        f"bounces+17-{'a' * 20}@mail.example.education",
        f"bounces+17-{'a' * 20}@mail.example.edu.example.org",
        f"my-bounces+17-{'a' * 20}@mail.example.edu",
        f"bounces17-{'a' * 20}@mail.example.edu",
    ],
)
def test_what_is_no_return_path(text):
    assert PATHS.find([text]) == ()


def test_only_a_few_are_looked_at():
    texts = [PATHS.make(number, TOKEN, ANA) for number in range(100)]
    assert len(PATHS.find(texts)) == MOST_FOUND


@given(mail_id=st.integers(1, 10**18 - 1), token=st.text(), to=st.emails())
def test_any_mail_has_an_address_that_fits_into_an_envelope(mail_id, token, to):
    paths = ReturnPaths(f"{'b' * 24}@example.edu", SECRET)
    address = paths.make(mail_id, token, to)
    assert len(address.rpartition("@")[0]) <= 64
    assert address.isascii()
    (path,) = paths.find([address])
    assert (path.mail_id, paths.is_genuine(path, token, to)) == (mail_id, True)
