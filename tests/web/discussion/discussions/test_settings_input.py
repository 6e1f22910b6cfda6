"""POST …/settings with input that makes no sense: said beside the field, and nothing typed is lost."""

import pytest

from lti_app.discussion.discussions.queries.discussion import get_discussion
from tests.web.site import address

TYPED = {"title": "My new title", "prompt": "My long prompt\n\nwith <paragraphs>.", "points": "17"}


@pytest.fixture
def save(site, cast, discussion):
    browser, path = site.browser(cast.ines), address(discussion, "settings")

    def save(**fields):
        return browser.post_form(path, path, **TYPED | fields)

    return save


def unchanged(site, discussion):
    with site.read() as session:
        return get_discussion(session, site.cast.ines, discussion.id, now=site.clock()) == discussion


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("title", ["", "   "], "Enter a title."),
        ("title", ["x" * 201], "200"),
        ("prompt", ["", "  \n "], "Enter a prompt for the class."),
        ("prompt", ["x" * 20_001], "20000"),
        ("points", ["", None], "Enter the number of points."),
        ("points", ["0", "-3", "1000.01", "1e9", "0.001", "1e-999999"], "between"),
        (
            "points",
            ["ten", "1,5", "0x10", "9" * 5000 + "x", "Infinity", "-Infinity", "NaN", "sNaN"],
            "Not a valid decimal value.",
        ),
        ("first_post_words", ["-1", "5001", "9" * 40], "between"),
        ("first_post_words", ["", "many", "1.5", "9" * 5000], ""),
        ("replies_wanted", ["-1", "21"], "between"),
        ("reply_words", ["-1", "5001"], "between"),
        ("opens_at", ["tomorrow", "2026-13-01T00:00", "2026-02-30T12:00", "99999-01-01T00:00"], "Not a valid"),
        ("opens_at", ["0001-01-01T00:00"], "year"),
        ("closes_at", ["9999-12-31T23:59"], "year"),
        ("time_zone", ["Mars/Olympus", ""], "Not a valid choice."),
    ],
)
def test_field_says_what_is_wrong(site, discussion, save, *, name, values, words):
    for value in values:
        answer = save(**{name: value})
        assert answer.status == 422, repr(value)[:50]
        assert words in answer.beside(name)
        assert answer.beside(name)
        assert answer.page.one("div", class_="error-summary")
        for other in TYPED.keys() - {name}:
            shown = next(e for e in answer.page.all("input", "textarea") if e.attrs.get("name") == other)
            assert TYPED[other] in (shown.attrs.get("value"), shown.written)
    assert unchanged(site, discussion)


@pytest.mark.parametrize(
    ("dates", "beside", "words"),
    [
        ({"opens_at": "2026-03-06T10:00", "first_post_due": "2026-03-05T10:00"}, "first_post_due", "Opens"),
        ({"first_post_due": "2026-03-09T10:00", "replies_due": "2026-03-08T10:00"}, "replies_due", "First post due"),
        ({"closes_at": "2026-03-07T10:00", "replies_due": "2026-03-08T10:00"}, "closes_at", "Replies due"),
        (
            {"opens_at": "2026-03-20T10:00", "closes_at": "2026-03-19T10:00", "first_post_due": "", "replies_due": ""},
            "closes_at",
            "Opens",
        ),
    ],
)
def test_dates_out_of_order_are_named_beside_the_later_one(site, discussion, save, *, dates, beside, words):
    answer = save(**dates)
    assert answer.status == 422
    assert words in answer.beside(beside)
    assert answer.page.one("input", name=beside).attrs["value"] == dates[beside]
    assert TYPED["prompt"] in answer.kept
    assert unchanged(site, discussion)


@pytest.mark.parametrize("version", ["", "one", None, "-1", "9" * 400])
def test_forged_version_saves_nothing(site, discussion, save, version):
    assert save(version=version).status in (409, 422)
    assert unchanged(site, discussion)


def test_text_as_it_should_be_kept(site, cast, discussion, save):
    """Control characters go, brackets and accents stay; a title stays in one line."""
    assert save(title="Führen\r\n\x00 & <leiten>", prompt="1 < 2\x00\x1b\r\n\r\n“Ja” – مرحبا").status == 303
    answer = site.browser(cast.ana).get(address(discussion))
    assert answer.page.one("h1").text == "Führen & <leiten>"
    assert [p.text for p in answer.page.one("div", class_="prompt").all("p")] == ["1 < 2", "“Ja” – مرحبا"]


@pytest.mark.parametrize("points", ["20", "12.5", "0.05", "100"])
def test_points_are_shown_as_they_are_said(site, cast, discussion, save, points):
    save(points=points)
    page = site.browser(cast.ines).get(address(discussion, "settings")).page
    assert next(e for e in page.all("input") if e.attrs.get("name") == "points").attrs["value"] == points
