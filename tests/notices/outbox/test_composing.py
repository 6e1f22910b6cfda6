"""Heads that nothing written by people can change, and addresses that mail can be sent to."""

from email import message_from_bytes, policy

import pytest

from lti_app.notices.outbox.rules.addressing import MailHeads, usable_address
from lti_app.notices.outbox.rules.composing import MailFrom, WrittenMail, compose_mail
from tests.cast import MONDAY

URL = "https://tool.example.edu/notices/unsubscribe/" + "A" * 200


def composed(subject="Hello", text="Hello.\n", html="<p>Hello.</p>"):
    heads = MailHeads("ana@students.example.edu", "1234@tool.example.edu", "thread-1-2-3@tool.example.edu")
    origin = MailFrom("Colloquy <colloquy@tool.example.edu>", URL, "course-1.tool.example.edu")
    return compose_mail(heads, WrittenMail(subject, text, html), origin, at=MONDAY).as_bytes()


@pytest.mark.parametrize("subject", ["a\r\nBcc: all@example.edu", "a\nBcc: all@example.edu", "a\x00\x85\u2028Bcc: x"])
def test_a_subject_adds_no_head(subject):
    mail = message_from_bytes(composed(subject), policy=policy.default)
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("a Bcc:")


def test_long_heads_stay_readable_and_lines_short():
    raw = composed("Überlegungen " * 30, "ü" * 500 + "\n.\n")
    assert f"List-Unsubscribe: <{URL}>\r\n".encode() in raw
    others = [line for line in raw.split(b"\r\n") if not line.startswith(b"List-Unsubscribe:")]
    assert all(len(line) <= 78 for line in others)
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["Subject"].startswith("Überlegungen Überlegungen")
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == "ü" * 500 + "\n.\n"


@pytest.mark.parametrize(
    ("sent", "usable"),
    [
        (" ana@students.example.edu ", "ana@students.example.edu"),
        ("o'neil+lead@x.edu", "o'neil+lead@x.edu"),
        ("ana@münchen.example", "ana@xn--mnchen-3ya.example"),
    ],
)
def test_good_addresses(sent, usable):
    assert usable_address(sent) == usable


@pytest.mark.parametrize(
    "sent",
    [
        *("", "ana", "@x.edu", "ana@", "ana@localhost", "ana@x.edu\r\nBcc: all@x.edu", "ana@x.edu,ben@x.edu"),
        *(
            "ana ben@x.edu",
            '"ana"@x.edu',
            "ana@[10.0.0.1]",
            "ana@x..edu",
            "a" * 65 + "@x.edu",
            "ünal@x.edu",
            "<a@x.edu>",
        ),
        *("ana@x.edu>", "ana@-x.edu", "ana@" + "x" * 250 + ".edu", "ana@x.e\x00du"),
    ],
)
def test_what_is_no_address(sent):
    assert usable_address(sent) == ""
