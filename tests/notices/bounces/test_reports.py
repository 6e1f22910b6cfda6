"""What delivery reports say, and that nothing which is sent to a return path costs much to look at."""

import time

import pytest

from lti_app.notices.bounces.rules.reports import MOST_BYTES, MOST_PARTS, RecipientFate, read_returned
from lti_app.notices.bounces.rules.verdicts import BounceWeight, weigh
from tests.factories.bounces import DELAYED, FULL, GONE, POLICY, out_of_office, receipt, report

TO = "bounces+17-abc@example.edu"


def weight(raw):
    return weigh(read_returned(raw).fates)


@pytest.mark.parametrize(
    ("recipients", "told"),
    [
        ([GONE], (BounceWeight.GONE, "5.1.1")),
        ([("failed", "5.1.2")], (BounceWeight.GONE, "5.1.2")),
        ([("Failed", "5.1.10 (null MX)")], (BounceWeight.GONE, "5.1.10")),
        ([FULL], (BounceWeight.REJECTED, "5.2.2")),
        ([POLICY], (BounceWeight.REJECTED, "5.7.1")),
        ([("failed", "5.0.0")], (BounceWeight.REJECTED, "5.0.0")),
        ([GONE, FULL], (BounceWeight.REJECTED, "5.2.2")),
    ],
    ids=str,
)
def test_final_failures_count(recipients, told):
    assert weight(report(TO, *recipients)) == told


@pytest.mark.parametrize(
    "recipients",
    [
        [],
        [DELAYED],
        [("delayed", "5.1.1")],
        [("failed", "4.2.2")],
        [("failed", "")],
        [("failed", "5.1")],
        [("failed", "55.1.1")],
        [("failed", "2.0.0")],
        [("delivered", "2.0.0")],
        [("relayed", "2.0.0")],
        [("expanded", "5.1.1")],
        [GONE, ("delivered", "2.0.0")],
        [GONE, DELAYED],
        [("failed", "5.1.8")],
        [("failed", "5.3.4")],
        [("failed", "5.6.1")],
        [("failed", "5.7.26")],
        [GONE] * 21,
    ],
    ids=str,
)
def test_what_says_nothing_against_an_address(recipients):
    assert weight(report(TO, *recipients))[0] is BounceWeight.NONE


@pytest.mark.parametrize(
    ("diagnostic", "status"),
    [
        ("smtp; 550 5.1.1 <ana@students.example.edu>: no such user", "5.1.1"),
        ("smtp; 452 4.2.2 over quota", "4.2.2"),
        ("smtp; 550 ask 10.5.1.1 why", "5.0.0"),
        ("x" * 5_000 + " 5.1.1", "5.0.0"),
    ],
    ids=["gone", "full", "an address of a machine", "too far away"],
)
def test_a_status_that_says_nothing_is_looked_for_in_the_words_of_the_server(diagnostic, status):
    assert read_returned(report(TO, ("failed", "5.0.0"), diagnostic=diagnostic)).fates == (
        RecipientFate("failed", status),
    )


@pytest.mark.parametrize(
    "raw", [out_of_office(TO), receipt(TO), b"", b"\r\n", b"\0" * 100, b"To: x\r\n\r\nAction: failed"]
)
def test_what_is_no_delivery_report_never_counts(raw):
    assert read_returned(raw).fates == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"multipart/report", b"multipart/mixed"),
        (b"multipart/report", b"x-multipart/report"),
        (b"report-type=delivery-status", b"x-report-type=delivery-status"),
        (b"report-type=delivery-status", b"report-type=delivery-status-not"),
        (b'boundary="B1/mx"', b"boundary="),
        (b"message/delivery-status\r\n", b"text/plain\r\n"),
        (b"--B1/mx\r\n", b"--B2/mx\r\n"),
    ],
    ids=str,
)
def test_reports_in_the_wrong_form_say_nothing(old, new):
    assert read_returned(report(TO, GONE).replace(old, new)).fates == ()


@pytest.mark.parametrize(
    "head",
    ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To"],
)
def test_the_return_path_is_found_in_the_heads_of_mail_servers(head):
    message = read_returned(report("undisclosed-recipients:;", GONE, heads=f"{head}: {TO}\r\n"))
    assert TO in message.sent_to
    assert message.came_to("x@example.edu").sent_to[0] == "x@example.edu"


def nested(kind):
    """Parts within parts, 10 000 deep."""
    parts = "".join(f'--b{n}\r\nContent-Type: {kind}; boundary="b{n + 1}"\r\n\r\n' for n in range(10_000))
    return b'Content-Type: multipart/report; report-type=delivery-status; boundary="b0"\r\n\r\n' + parts.encode()


BOMBS = {
    "50 MB": lambda: report(TO, GONE).replace(b"Hello.", b"x" * 50_000_000),
    "50 MB in lines": lambda: report(TO, GONE).replace(b"Hello.", b"x\r\n" * 16_000_000),
    "nested multiparts": lambda: nested("multipart/mixed"),
    "nested messages": lambda: b"Content-Type: message/rfc822\r\n\r\n" * 10_000,
    "nested digests": lambda: nested("multipart/digest"),
    "parts behind single carriage returns": lambda: nested("multipart/mixed").replace(b"\r\n", b"\r"),
    "as many parts as are read": lambda: b"Content-Type: message/rfc822\r\n\r\n" * MOST_PARTS,
    "heads": lambda: b"To: a@b.c\r\n" * 1_000_000,
    "short heads": lambda: b"a:\n" * 1_000_000,
    "one head": lambda: b"To: " + b"a@b.c, " * 1_000_000,
    "a folded head": lambda: b"To: a\r\n" + b" a@b.c,\r\n" * 1_000_000,
    "parameters": lambda: b"Content-Type: multipart/report" + b';x="' * 1_000_000,
    "an open quotation": lambda: b'Content-Type: multipart/report; x="' + b";" * 1_000_000,
    "an open quotation in folded lines": lambda: b'Content-Type: multipart/report; x="' + b";\r\n " * 1_000_000,
    "an open quotation behind carriage returns": lambda: b'x\rContent-Type: multipart/x; x="' + b";\r\t" * 1_000_000,
    "an open quotation in a part": lambda: report(TO).replace(b"text/plain;", b'text/plain; x="' + b";" * 1_000_000),
    "blocks": lambda: report(TO).replace(b"Arrival-Date", b"\r\nAction: failed\r\n" * 100_000),
    "blank lines": lambda: report(TO).replace(b"Arrival-Date", b"\r\n" * 1_000_000),
    "comments": lambda: b"To: " + b"(" * 1_000_000,
    "boundaries": lambda: report(TO, GONE).replace(b"Your mail", b"--B1/mx\r\n\r\n" * 100_000),
    "words": lambda: report(TO, ("failed", "5." * 100_000)),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_looked_at_in_no_time_and_say_nothing_wrong(bomb):
    raw = BOMBS[bomb]()
    began = time.process_time()
    message = read_returned(raw)
    assert time.process_time() - began < 20  # some 0.2 s; what grows as the square of its length takes hours
    told = weigh(message.fates) if message else (BounceWeight.NONE, "")
    is_whole = bomb.startswith("50 MB")
    assert told == ((BounceWeight.GONE, "5.1.1") if is_whole else (BounceWeight.NONE, ""))


def test_what_comes_after_the_limit_is_not_read():
    raw = report(TO, GONE).replace(b"Your mail did not arrive.", b"x" * MOST_BYTES)
    assert read_returned(raw).fates == ()


@pytest.mark.parametrize("cut", range(0, 1_400, 100))
def test_a_report_that_was_cut_off_is_read_as_far_as_it_goes(cut):
    message = read_returned(report(TO, GONE)[:cut])
    assert weigh(message.fates)[0] in (BounceWeight.NONE, BounceWeight.GONE)
