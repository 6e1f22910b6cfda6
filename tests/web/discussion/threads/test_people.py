"""A name in a thread leads to what that person wrote in the course, where the reader sees names at all."""

import pytest

from lti_app.discussion.discussions.rules import Anonymity
from tests.web.questions import costs
from tests.web.site import address


def names(site, reader, discussion):
    """The names that are links in the thread, with the ids that they lead to."""
    page = site.browser(reader).get(f"{address(discussion)}?sort=oldest").page
    links = [link for article in page.all("article") for link in article.all("a", class_="person")]
    return [(link.text, link.attrs["href"]) for link in links]


def posts_of(person):
    return f"/courses/{person.course_id}/people/{person.person_id}/posts"


def test_a_name_leads_to_the_posts_of_its_person(site, cast, discussion):
    first = site.write(cast.ana, discussion)
    site.write(cast.ben, discussion, "A thought of Ben's.")
    site.write(cast.ines, discussion, to=first)
    others = [("Ines Navarro", posts_of(cast.ines)), ("Ben Carter", posts_of(cast.ben))]
    assert names(site, cast.ana, discussion) == others
    assert names(site, cast.tariq, discussion) == [("Ana Brandt", posts_of(cast.ana)), *others]
    assert "A thought of Ben's." in site.browser(cast.ana).get(others[1][1]).text


@pytest.mark.parametrize(
    ("anonymity", "to_students", "to_staff"),
    [(Anonymity.PEERS, 0, 3), (Anonymity.BLIND, 0, 0), (Anonymity.NAMED, 2, 3)],
)
def test_where_names_are_hidden_no_link_tells_who_it_is(site, cast, anonymity, to_students, *, to_staff):
    discussion = site.discussion(anonymity=anonymity, post_first=False)
    for student in cast.students:
        site.write(student, discussion)
    assert len(names(site, cast.ana, discussion)) == to_students
    assert len(names(site, cast.ines, discussion)) == to_staff
    html = site.browser(cast.ana).get(address(discussion)).html
    assert (posts_of(cast.ben) in html) == bool(to_students)


def test_names_cost_no_statement_of_their_own(site, cast, discussion):
    site.write(cast.ana, discussion)
    ana = site.browser(cast.ana)
    alone = costs(site, lambda: ana.get(address(discussion)))
    for _ in range(4):
        site.write(cast.ben, discussion)
        site.write(cast.chi, discussion)
    assert costs(site, lambda: ana.get(address(discussion))) == alone
