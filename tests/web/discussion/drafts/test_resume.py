"""GET …/drafts/<id> goes on with a draft; POST …/drafts/<id>/discard throws it away."""

import pytest

from lti_app.discussion.drafts.actions import save_draft
from lti_app.discussion.drafts.queries import list_drafts
from lti_app.discussion.drafts.rules import FIRST_POST, DraftContent, place_of
from tests.web.questions import refused
from tests.web.site import address


@pytest.fixture
def keep(site, cast, discussion):
    """`keep(place)`: Ana's draft there; its number."""

    def keep(place, text="As far as this"):
        now = site.clock.move(seconds=2)
        with site.database.writing() as session:
            save_draft(session, cast.ana, discussion, place, DraftContent(text), now=now)
            return list_drafts(session, cast.ana, discussion)[0].id

    return keep


def test_it_leads_to_the_composer(site, cast, discussion, keep):
    parent, own = site.write(cast.ben, discussion), site.write(cast.ana, discussion)
    places = {
        FIRST_POST: f"{address(discussion)}#compose",
        place_of(parent.id): address(discussion, "posts", parent.id, "reply"),
        place_of(None, own.id): address(discussion, "posts", own.id, "edit"),
    }
    browser = site.browser(cast.ana)
    for place, composer in places.items():
        answer = browser.get(address(discussion, "drafts", keep(place)))
        assert (answer.status, answer.location) == (303, composer)


def test_where_its_place_is_gone_its_text_is_there_to_copy(site, cast, discussion, keep):
    parent = site.write(cast.ben, discussion, "I take this back.")
    site.write(cast.ana, discussion)
    draft_id = keep(place_of(parent.id), "My answer <b>to Ben</b>")
    delete = address(discussion, "posts", parent.id, "delete")
    site.browser(cast.ben).post_form(delete, delete)
    browser, path = site.browser(cast.ana), address(discussion, "drafts", draft_id)
    page = browser.get(path)
    assert (page.status, page.page.one("h1").text) == (200, "Your draft")
    assert "My answer <b>to Ben</b>" in page.text
    assert "I take this back." not in page.html
    assert browser.post_form(f"{path}/discard", path).location == address(discussion)
    assert "discarded" in browser.get(address(discussion)).text
    refused(browser.get(path), 404)


def test_it_is_not_there_for_others_nor_elsewhere(site, cast, discussion, keep):
    draft_id = keep(FIRST_POST)
    other = site.discussion(title="Week 2")
    for who in (cast.ben, cast.ines, cast.olga):
        browser = site.browser(who)
        refused(browser.get(address(discussion, "drafts", draft_id)), 404)
        refused(browser.post(address(discussion, "drafts", draft_id, "discard")), 404)
    refused(site.browser(cast.ana).get(address(other, "drafts", draft_id)), 404)
    assert site.browser(cast.ana).get(address(discussion)).kept[0] == "As far as this"
