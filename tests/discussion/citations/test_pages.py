"""The pages of a reading, and those that nobody cites."""

import pytest

from lti_app.discussion.citations.rules.pages import pages_in, uncited


@pytest.mark.parametrize(
    ("page", "pages"),
    [
        ("104", [104]),
        ("104–106", [104, 105, 106]),
        ("104-6", [104, 105, 106]),
        ("1096-105", list(range(1096, 1106))),
        ("103-111", list(range(103, 112))),
        ("106-104", []),
        ("iv", []),
        ("", []),
        ("e23", []),
        ("1-99999999", []),
    ],
)
def test_pages_that_are_named(page, pages):
    assert list(pages_in(page)) == pages


@pytest.mark.parametrize(
    ("pages", "cited", "runs"),
    [
        ("67-72", [], ["67–72"]),
        ("67-72", ["68"], ["67", "69–72"]),
        ("67-72", ["67–69", "71", "iv", ""], ["70", "72"]),
        ("67-69", ["67", "68", "69"], []),
        ("", ["67"], []),
        ("67", ["99"], ["67"]),
    ],
)
def test_pages_that_nobody_cites(pages, cited, runs):
    assert uncited(pages, cited) == runs
