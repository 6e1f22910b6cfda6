"""GET …/people/<person>/participation.pdf: one student's participation with the posts that it was counted from."""

import io

import pytest
from pypdf import PdfReader

from lti_app.core.bounded import AllPlacesTaken
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.exchange.exporting.rules.pdf import TypesettingFailed
from lti_app.web.participation import participation_record
from tests.factories.discussions import PAID
from tests.web.questions import refused, refuses_no_visit


@pytest.fixture
def path(cast):
    return f"/courses/{cast.course_id}/people/{cast.ana.person_id}/participation.pdf"


def opened(site, who, path):
    answer = site.browser(who).client.get(path, base_url="https://localhost")
    assert answer.status_code == 200
    return answer


def words_of(answer):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).split())


def test_it_has_every_verdict_and_the_posts_that_counted(site, cast, discussion, path):
    site.write(cast.ana, discussion, "Leaders set a direction and <b>align people</b>, I say.")
    other = site.write(cast.ben, discussion)
    site.write(cast.ana, discussion, "Why so, dear Ben?", to=other)
    site.write(cast.ana, discussion, "Second thoughts are not counted here.", to=other)
    for who in (cast.ana, cast.ines, cast.tariq):
        answer = opened(site, who, path)
        assert answer.content_type == "application/pdf"
        assert "attachment" in answer.headers["Content-Disposition"]
        told = words_of(answer)
        assert "Participation of Ana Brandt" in told
        assert "align people</b>, I say." in told
        assert "Replies to 1 of 2 people" in told
        assert "in progress" in told
        assert "Why so, dear Ben?" in told
        assert "Second thoughts" not in told


def test_it_has_the_points_where_participation_gives_any(site, cast, discussion, path):
    assert "points for participation" not in words_of(opened(site, cast.ana, path))
    paid = site.discussion(**PAID)
    site.write(cast.ana, paid)
    for who in (cast.ana, cast.ines):
        assert words_of(opened(site, who, path)).count("2 of 5 points for participation") == 1


def test_hidden_and_deleted_posts_are_not_in_it(site, cast, discussion, path):
    post = site.write(cast.ana, discussion, "Something to be regretted, this text.")
    browser = site.browser(cast.ana)
    delete = f"/courses/{cast.course_id}/discussions/{discussion.id}/posts/{post.id}/delete"
    assert browser.post_form(delete, delete).status == 303
    assert "regretted" not in words_of(opened(site, cast.ines, path))


def test_a_blind_discussion_tells_graders_nothing(site, cast, path):
    blind = site.discussion(anonymity=Anonymity.BLIND, title="Unnamed")
    site.write(cast.ana, blind, "A thought on ferries, long enough to count.")
    told = words_of(opened(site, cast.ines, path))
    assert "ferries" not in told
    assert "Names are hidden in this discussion" in told
    assert "ferries" in words_of(opened(site, cast.ana, path))


def test_nobody_else_gets_it(site, cast, discussion, path):
    for who in (cast.ben, cast.olga):
        refused(site.browser(who).get(path), 403)
    here = f"/courses/{cast.course_id}/people"
    for person in (cast.ines.person_id, cast.stranger.person_id, 4711):
        refused(site.browser(cast.tariq).get(f"{here}/{person}/participation.pdf"), 404)
    refuses_no_visit(site, path)


@pytest.mark.parametrize(
    ("reason", "words"),
    [(AllPlacesTaken(), "Try again in a minute"), (TypesettingFailed(), "Print this page instead")],
)
@pytest.mark.usefixtures("discussion")
def test_where_none_can_be_made_the_page_says_so(site, path, monkeypatch, reason, words):
    def refuse(*_arguments, **_options):
        raise reason

    monkeypatch.setattr(participation_record, "typeset", refuse)
    browser = site.browser(site.cast.ana)
    answer = browser.get(path)
    assert answer.status == 303
    assert words in browser.get(answer.headers["Location"]).text


def test_a_post_that_no_pdf_can_show_does_not_keep_the_others_from_it(site, cast, discussion, path, monkeypatch):
    site.write(cast.ana, discussion, "Leaders set a direction today.")
    made = participation_record.typeset

    def refuse_posts(template, document, **options):
        if any(post["body"] for each in document["discussions"] for post in each["posts"]):
            raise TypesettingFailed
        return made(template, document, **options)

    monkeypatch.setattr(participation_record, "typeset", refuse_posts)
    assert "A PDF cannot show this post" in words_of(opened(site, cast.ana, path))


def test_a_way_leads_there(site, cast, discussion, path):
    page = site.browser(cast.ana).get(path.replace("participation.pdf", "grades")).page
    assert path in {link.attrs.get("href") for link in page.all("a")}
