"""GET /courses/<id>/search and /people/<id>/posts."""

from lti_app.discussion.discussions.rules import Anonymity
from lti_app.discussion.moderation.actions import change_post
from lti_app.discussion.moderation.rules import ModerationAction
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit
from tests.web.site import address


def search(site, actor, **args):
    return site.browser(actor).get(f"/courses/{actor.course_id}/search", query_string=args)


def test_nothing_is_searched_before_one_asks(site, cast, discussion):
    answer = search(site, cast.ana)
    assert answer.status == 200
    assert answer.page.one("input", type="search").attrs["value"] == ""
    assert not answer.page.all("ol", class_="found")


def test_what_is_found_is_marked_and_leads_to_its_place(site, cast, discussion):
    site.write(cast.ana, discussion, "Leaders set <b>a</b> direction.")
    site.write(cast.ben, discussion, "Another thing.")
    page = search(site, cast.ben, q="lead").page
    (item,) = page.one("ol", class_="found").all("li")
    assert item.one("a").attrs["href"] == address(discussion) + "?at=1#p1"
    assert item.one("mark").text == "Leaders"
    assert "set <b>a</b> direction" in item.text
    assert "Ana Brandt" in item.text


def test_nothing_found_says_what_to_do(site, cast, discussion):
    assert "Try fewer words" in search(site, cast.ines, q="nothing").text


def test_a_discussion_is_searched_alone(site, cast, discussion):
    other = site.discussion(title="Another")
    site.write(cast.ines, discussion, "Common words.")
    site.write(cast.ines, other, "Common words.")
    assert len(search(site, cast.ines, q="common").page.one("ol", class_="found").all("li")) == 2
    page = search(site, cast.ines, q="common", **{"in": other.id}).page
    (item,) = page.one("ol", class_="found").all("li")
    assert "Another" in item.text
    assert search(site, cast.ines, q="common", **{"in": 999}).status == 404


def test_older_posts_are_a_link_away(site, cast, discussion):
    for number in range(25):
        site.write(cast.ines, discussion, f"Common word {number}.")
    page = search(site, cast.ines, q="common").page
    older = page.one("a", rel="next").attrs["href"]
    rest = site.browser(cast.ines).get(older).page
    assert len(rest.one("ol", class_="found").all("li")) == 5


def test_hostile_queries_find_nothing_and_show_as_they_are(site, cast, discussion):
    for query in (
        "<script>alert(1)</script>",
        "'; DROP TABLE post; --",
        '"' * 50,
        "\x00",
        "a" * 5000,
        "*:*",
        "NEAR(a b)",
    ):
        answer = search(site, cast.ana, q=query)
        assert answer.status == 200
        assert not answer.page.all("ol", class_="found")


def test_one_persons_posts(site, cast, discussion):
    site.write(cast.ana, discussion, "My thoughts on it.")
    path = f"/courses/{cast.course_id}/people/{cast.ana.person_id}/posts"
    assert "Your posts in this course" in site.browser(cast.ana).get(path).text
    assert "My thoughts on it." in site.browser(cast.ines).get(path).text
    refused(site.browser(cast.ben).get(path), 404)  # before a post of their own
    site.write(cast.ben, discussion)
    assert "My thoughts on it." in site.browser(cast.ben).get(path).text
    stranger = f"/courses/{cast.course_id}/people/{cast.stranger.person_id}/posts"
    assert site.browser(cast.ines).get(stranger).status == 404


def test_numbers_tell_no_names(site, cast, discussion):
    """Of classmates who have posted nothing that is shown under their name, the page does not exist."""
    hidden = site.discussion(anonymity=Anonymity.PEERS, post_first=False)
    for each in (cast.ana, cast.ines):
        site.write(each, hidden, "Under a pseudonym.")
    site.write(cast.ben, discussion)
    held = site.write(cast.chi, discussion, "Soon hidden.")
    ben, people = site.browser(cast.ben), f"/courses/{cast.course_id}/people"
    assert "Soon hidden." in ben.get(f"{people}/{cast.chi.person_id}/posts").text
    with site.database.writing() as session:
        change_post(session, cast.ines, discussion, held.id, ModerationAction.HIDE, reason="Names.", now=site.clock())
    for person in (cast.ana, cast.chi, cast.olga, cast.tariq, cast.stranger):
        refused(ben.get(f"{people}/{person.person_id}/posts"), 404)
    assert "Under a pseudonym." in ben.get(f"{people}/{cast.ines.person_id}/posts").text  # staff are named there
    assert "Ana Brandt" in site.browser(cast.ines).get(f"{people}/{cast.ana.person_id}/posts").text


def test_observers_learn_nobodys_name(site, cast, discussion):
    site.write(cast.ana, discussion, "My thoughts on it.")
    browser = site.browser(cast.olga)
    for person in (cast.ana, cast.ben, cast.ines):
        refused(browser.get(f"/courses/{cast.course_id}/people/{person.person_id}/posts"), 404)
    assert browser.get(f"/courses/{cast.course_id}/people/{cast.olga.person_id}/posts").status == 200


def test_costs_and_visits(site, cast, discussion):
    path = f"/courses/{cast.course_id}/search"
    refuses_no_visit(site, path)
    refuses_methods(site, cast.ana, path, "POST")
    for _ in range(3):
        site.write(cast.ana, discussion, "Common words.")
    browser = site.browser(cast.ana)
    assert costs(site, lambda: browser.get(f"{path}?q=common")) <= 4
