"""What an LMS says of a fault: its own words, bounded, without markup, people and tokens."""

import json

import pytest

from lti_app.core.http import Answer
from lti_app.lti.lms_words import MAX_LENGTH, words_of

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI1In0.c2lnbmF0dXJl"
MOODLE_PAGE = (
    "<!DOCTYPE html><html><head><title>Error | Campus</title><script>var a = 1;</script></head><body><nav>Home</nav>"
    '<div class="box errorbox alert alert-danger"><p class="errormessage">Exception - Call to a <b>member</b> function'
    " out() on null</p></div></body></html>"
)


def answer(body: object, status: int = 422, reason: str = "Unprocessable Entity") -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    return Answer(status, reason, {}, text.encode())


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"errors": "Course is concluded"}, "Course is concluded"),
        ({"errors": {"type": "unprocessable_entity", "message": "User not found"}}, "User not found"),
        ({"errors": [{"message": "is too long"}, {"message": "is odd"}]}, "is too long; is odd"),
        ({"errors": {"scoreGiven": [{"message": "is negative"}]}}, "scoreGiven: is negative"),
        ({"errors": [{"field": "timestamp", "message": "is too old"}]}, "timestamp: is too old"),
        ({"title": "Locked", "detail": "The column is locked.", "status": 422}, "The column is locked."),
        ({"exception": "dml_exception", "errorcode": "x", "message": "Error reading"}, "Error reading"),
        ({"status": 404, "reason": "Not Found: Grade item 8 is gone"}, "Not Found: Grade item 8 is gone"),
        ({"status": 403, "reason": "Forbidden"}, ""),
        ({"error": "invalid_request", "error_description": "No such item"}, "No such item"),
        ("Grades are frozen", "Grades are frozen"),
        (MOODLE_PAGE, "Exception - Call to a member function out() on null"),
        ("<html><head><title>502 Bad &amp; worse</title></head></html>", "502 Bad & worse"),
        ("<html><body>Nothing that tells</body></html>", ""),
        ("", ""),
        ([], ""),
        ({}, ""),
        ({"errors": {"a": {"b": {"c": {"d": {"e": {"f": {"g": "deep"}}}}}}}}, ""),
    ],
)
def test_words(body, words):
    assert words_of(answer(body)) == words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (f"Bad token {TOKEN} here", "Bad token … here"),
        ("Key a94a8fe5ccb19ba61c4c0873d391e987 is old", "Key … is old"),
        ("Ask ana@example.edu for it", "Ask … for it"),
        ("See https://lms.example/x?sesskey=1 for more", "See … for more"),
        ("No user 5, sorry", "No user … sorry"),
        ('Incorrect score received{"userId": "5", "comment": "poor"}', "Incorrect score received"),
    ],
)
def test_people_addresses_and_tokens_are_left_out(said, words):
    assert words_of(answer({"errors": said}), about="5") == words


def test_moodles_reason_phrase_is_its_explanation():
    phrase = "Refusing score with an earlier timestamp for item 7 and user 5"
    said = words_of(answer([], 409, phrase), about="5")
    assert said == "Refusing score with an earlier timestamp for item 7 and user …"


def test_words_are_bounded():
    assert len(words_of(answer({"errors": ["word " * 1000] * 50}))) <= MAX_LENGTH
    assert len(words_of(answer("<title>" + "<b>x " * 200_000))) <= MAX_LENGTH
