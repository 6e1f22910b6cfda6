"""The argument map, and the page for a reading's text."""

import pytest

from lti_app.discussion.posts.models import Post
from tests.core.bounded import every_place_taken
from tests.factories.files import pdf
from tests.web.questions import costs
from tests.web.site import address
from tests.web.uploads import send_file

TEXT = "[p. 104]\nManagement is about coping with complexity, leadership about change."
QUOTE = "He says “management is about coping with complexity” [Kotter, p. 104]."


@pytest.fixture
def readings(site):
    return site.readings()


@pytest.fixture
def discussion(site, readings):
    return site.discussion(reading_ids=readings, required_ids=frozenset(readings))


def text_path(cast, reading_id):
    return f"/courses/{cast.course_id}/readings/{reading_id}/quotation-check"


def test_the_map_leads_to_the_posts(site, cast, discussion, readings):
    site.write(cast.ana, discussion, "See [Kotter, p. 110] for this.")
    page = site.browser(cast.ana).get(address(discussion, "citations", readings[0])).page
    (passage,) = page.one("ol", class_="passages").all("li")[:1]
    assert "Page 110" in passage.text
    assert passage.one("a", class_="address").attrs["href"] == address(discussion) + "?at=1#p1"
    assert "103–109, 111" in page.text


def test_an_empty_map_says_how_to_begin(site, cast, discussion, readings):
    assert "Cite a page in your post" in site.browser(cast.ines).get(address(discussion, "citations", readings[0])).text


def test_who_must_write_first_is_told_so(site, cast, discussion, readings):
    site.write(cast.ana, discussion, "See [Kotter, p. 110] for this.")
    answer = site.browser(cast.ben).get(address(discussion, "citations", readings[0]))
    assert answer.status == 403
    assert "after your own first post" in answer.text
    assert "110" not in answer.page.one("main").text


def test_other_readings_have_no_map_here(site, cast, discussion):
    assert site.browser(cast.ines).get(address(discussion, "citations", 999)).status == 404


def test_a_reading_leads_to_the_only_discussion_of_it(site, cast, discussion, readings):
    path = f"/courses/{cast.course_id}/readings/{readings[0]}/citations"
    answer = site.browser(cast.ana).get(path, query_string={"passage": 7})
    assert answer.status == 303
    assert answer.headers["Location"] == address(discussion, "citations", readings[0]) + "?passage=7"
    second = site.discussion(title="Second", reading_ids=readings, required_ids=frozenset())
    page = site.browser(cast.ana).get(path).page
    assert [link.text for link in page.one("ul", class_="discussion-list").all("a")] == ["Second", discussion.title]
    assert str(second.id) in site.browser(cast.ana).get(path, query_string={"from": second.id}).headers["Location"]


def test_quotations_are_checked_from_when_the_text_is_given(site, cast, discussion, readings):
    site.write(cast.ana, discussion, QUOTE)
    browser, path = site.browser(cast.ines), text_path(cast, readings[0])
    answer = browser.post_form(path, path, text=TEXT, stored_as="fingerprints")
    assert answer.status == 303
    assert "Quotations are now checked against" in browser.get(path).text
    with site.read() as session:
        (post,) = session.query(Post).all()
        assert [quote["page"] for quote in post.quotes] == ["104"]


def test_a_refused_text_comes_back(site, cast, discussion, readings):
    browser, path = site.browser(cast.ines), text_path(cast, readings[0])
    answer = browser.post_form(path, path, text="Too few.", stored_as="text")
    assert answer.status == 422
    assert "Too few." in answer.kept
    assert "This text is too short" in answer.text


def test_costs(site, cast, discussion, readings):
    site.write(cast.ana, discussion, "See [Kotter, p. 110] for this.")
    browser = site.browser(cast.ana)
    assert costs(site, lambda: browser.get(address(discussion, "citations", readings[0]))) <= 7


def test_a_text_is_taken_from_the_file_that_the_class_reads(site, cast, discussion, readings):
    browser, path = site.browser(cast.ines), text_path(cast, readings[0])
    token = browser.token(path)
    assert browser.send(f"{path}/file", data={"csrf_token": token}).status == 404
    file_path = path.replace("/quotation-check", "/file")
    sent = pdf(["Leadership is another thing."], ["Management is about coping with complexity, they say."])
    about = {"ground": "own_work", "first_page": "103"}
    assert send_file(browser, cast, sent, "kotter.pdf", token=token, path=file_path, **about).status == 303
    site.write(cast.ana, discussion, QUOTE)
    with every_place_taken():
        assert browser.send(f"{path}/file", data={"csrf_token": token}).status == 303
    assert "Other files are being read right now." in browser.get(path).text
    assert browser.send(f"{path}/file", data={"csrf_token": token}).status == 303
    assert "Only hashes of word sequences are stored." in browser.get(path).text
    with site.read() as session:
        assert [quote["page"] for post in session.query(Post) for quote in post.quotes] == ["104"]
