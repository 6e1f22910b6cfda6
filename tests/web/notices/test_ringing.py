"""What people are to be told of wakes the worker, once it is committed."""

import pytest

from tests.factories.notices import gather_all, kinds
from tests.web.site import Site, address


class GatheringBell:
    """Does at once what the worker does, on a connection of its own: it finds only what is committed."""

    def __init__(self, site: Site) -> None:
        self.site, self.rings = site, 0

    def __call__(self) -> None:
        self.rings += 1
        with self.site.database.writing() as session:
            gather_all(session, now=self.site.clock())


@pytest.fixture
def bell(site):
    site.bell.ring_notices = GatheringBell(site)
    return site.bell.ring_notices


def told(site, actor):
    with site.database.read() as session:
        return kinds(session, actor, now=site.clock())


def test_a_reply_a_mention_and_an_edit(site, cast, discussion, bell):
    first = site.write(cast.ben, discussion)
    site.write(cast.ana, discussion)
    browser, posts = site.browser(cast.ana), address(discussion, "posts")
    answer = browser.post(posts, parent_id=str(first.id), text="I see it otherwise.")
    assert (answer.status, bell.rings, told(site, cast.ben)) == (303, 1, ["reply"])
    edit = address(discussion, "posts", first.id, "edit")
    assert site.browser(cast.ben).post_form(edit, edit, text="I have thought again about it.").status == 303
    assert bell.rings == 2


def test_a_refused_post_rings_for_nobody(site, cast, discussion, bell):
    assert site.browser(cast.ana).post(address(discussion, "posts"), text=" ").status == 422
    assert bell.rings == 0


def test_moderation_and_reports(site, cast, discussion, bell):
    first = site.write(cast.ben, discussion)
    hide = address(discussion, "moderation", "posts", first.id, "hide")
    assert site.browser(cast.ines).post_form(hide, hide, reason="Please leave names out.").status == 303
    assert (bell.rings, told(site, cast.ben)) == (1, ["moderated"])
    other = site.write(cast.chi, discussion)
    site.write(cast.ana, discussion)
    report = address(discussion, "moderation", "posts", other.id, "report")
    assert site.browser(cast.ana).post_form(report, report, reason="privacy", words="").status == 303
    assert (bell.rings, told(site, cast.tariq)) == (2, ["to_review"])


def test_released_grades(site, cast, discussion, bell):
    for student in cast.students:
        site.mark(discussion, student)
    browser, desk = site.browser(cast.ines), address(discussion, "grading")
    assert browser.post_form(f"{desk}/release", desk).status == 303
    assert (bell.rings, told(site, cast.ana)) == (1, ["graded"])
