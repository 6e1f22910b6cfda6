"""A discussion that opens later: by no address do people who do not teach learn what it asks and reads."""

from datetime import timedelta

import pytest

from lti_app.discussion.discussions.rules import Calendar, StanceQuestion
from lti_app.exchange.exporting.rules.data import ExportFormat
from tests.cast import MONDAY
from tests.web.site import address

POLL = StanceQuestion("Are leaders born?", "Made", "Born")
WAYS = ("", "/participation", "/export", "/export/file", "/posts", "/stance", "/unanswered", "/thread/news?since=0")


@pytest.fixture
def scheduled(site):
    readings = site.readings()
    opens = Calendar(opens_at=MONDAY + timedelta(days=2))
    about = {"prompt": "Unheard-of question?", "stance": POLL, "post_first": False}
    return site.discussion(calendar=opens, reading_ids=readings, required_ids=frozenset(readings), **about)


@pytest.mark.parametrize("who", ["ana", "olga"])
def test_nothing_is_told_before_it_opens(site, cast, scheduled, who):
    browser = site.browser(getattr(cast, who))
    kinds = [f"/export/file?scope=one&kind={kind.value}" for kind in ExportFormat if kind is not ExportFormat.PDF]
    for way in (*WAYS, *kinds):
        answer = browser.get(address(scheduled) + way)
        for told in ("Unheard-of", "Are leaders born", "Kotter", "Zaleznik"):
            assert told not in answer.html, (way, told)
    refusal = browser.post(address(scheduled, "posts"), text="Early.")
    assert refusal.status in (403, 422)
    assert "Unheard-of" not in refusal.html


def test_staff_prepare_it_and_students_get_it_when_it_opens(site, cast, scheduled):
    assert "Unheard-of" in site.browser(cast.tariq).get(address(scheduled)).text
    assert "Kotter" in site.browser(cast.tariq).get(address(scheduled, "export", "file")).html
    site.clock.move(days=2)
    student = site.browser(cast.ana)
    assert "Unheard-of" in student.get(address(scheduled)).text
    assert "Kotter" in student.get(address(scheduled, "export", "file")).html
