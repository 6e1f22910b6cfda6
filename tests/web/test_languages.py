"""The language of a page: that of the LMS, else the browser's, else English; and what it makes of dates and numbers."""

from datetime import timedelta
from decimal import Decimal

import pytest

from lti_app.course.people.models import Person
from lti_app.web.templating import against, clock_time, moment, points, relative, translate_plural
from tests.web.browser import BASE
from tests.web.site import address


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        (("", ""), "en"),
        (("de", ""), "de"),
        (("de-AT", ""), "de"),
        (("de_CH", "en"), "de"),
        (("de_du", ""), "de"),  # a language pack of Moodle
        (("DE", ""), "de"),
        (("ar-EG", "de"), "ar"),
        (("en-GB", "de"), "en"),  # who has chosen English in the LMS gets it
        (("xx-YY", ""), "en"),
        (("", "de-AT,de;q=0.9,en;q=0.8"), "de"),
        (("", "en,de;q=0.5"), "en"),
        (("", "xx"), "en"),
    ],
)
def test_language_of_a_page(site, cast, discussion, asked, language):
    lms, browser = asked
    with site.database.writing() as session:
        session.get_one(Person, cast.ana.person_id).locale = lms or None
    answer = site.browser(cast.ana).get(address(discussion), headers={"Accept-Language": browser})
    assert answer.page.one("html").attrs["lang"] == language
    assert answer.page.one("html").attrs.get("dir", "ltr") == ("rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize(
    ("say", "words"),
    [
        (moment, "Mo. 2. März, 09:00"),
        (clock_time, "09:00"),
        (lambda now: relative(now + timedelta(days=2)), "in 2 Tagen"),
        (lambda now: relative(now + timedelta(days=2, minutes=-1)), "in 48 Stunden"),
        (lambda now: relative(now + timedelta(days=1)), "in 1 Tag"),
        (lambda now: relative(now - timedelta(hours=1)), "vor 1 Stunde"),
        (relative, "gerade eben"),
        (lambda now: against(now + timedelta(days=2), now), "2 Tage zu spät"),
        (lambda now: points(Decimal("15.50")), "15,5"),
    ],
)
def test_dates_and_numbers_in_german(app, clock, say, words):
    with app.test_request_context(base_url=BASE, headers={"Accept-Language": "de"}):
        assert say(clock()) == words


@pytest.mark.parametrize("language", ["en", "de", "ar"])
@pytest.mark.parametrize(
    ("num", "like"), [(Decimal("1.00"), 1), (Decimal(2), 2), (Decimal("7.00"), 7), (Decimal("0.5"), 100)], ids=str
)
def test_points_may_be_fractions_in_sentences_that_depend_on_them(app, language, num, like):
    def said(number):
        return translate_plural("%(points)s point", "%(points)s points", number, points="n")

    with app.test_request_context(base_url=BASE, headers={"Accept-Language": language}):
        assert said(num) == said(like)
