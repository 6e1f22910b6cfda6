"""Where names are hidden, neither a file's name, its address nor its content tells readers who attached it."""

import io
import json
import re
from urllib.parse import urlsplit

import pytest
from pypdf import PdfReader

from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.discussion.integrity.models import Finding
from lti_app.discussion.moderation.actions import hold_by_rule
from lti_app.discussion.moderation.rules import HeldReason
from lti_app.discussion.posts.models import Post, Revision
from lti_app.discussion.search.actions import index_posts
from lti_app.discussion.search.rules import index_form
from tests.factories import files
from tests.web.discussion.discussions.test_names_hidden import addresses
from tests.web.site import address

SENT = {
    "Essay Ana Perez.png": files.png(),
    "Ana Perez notes.txt": b"words of mine",
    "Ana Perez.pdf": files.pdf(["One"]),
}
SEE = "See what I attached below."
KINDS = ("html", "csv", "json", "pdf")


@pytest.fixture
def attach(site, cast):
    """A post by a student, with files whose names are their author's; then who sees names changes."""

    def make(anonymity, *, author=cast.ana, names=tuple(SENT), before=Anonymity.NAMED, text=SEE, to=None, **changes):
        discussion = site.discussion(post_first=False, anonymity=before, **changes)
        above = {"parent_id": f"{site.write(to, discussion).id}"} if to else {}
        browser, here = site.browser(author), address(discussion)
        token = browser.form(f"{here}/posts", here).one("input", name="csrf_token").attrs["value"]
        sent = [(io.BytesIO(SENT[name]), name) for name in names]
        data = {"csrf_token": token, "text": text, "files": sent, **above}
        assert browser.send(f"{here}/posts", data=data).status == 303
        with site.database.writing() as session:
            session.get_one(Discussion, discussion.id).anonymity = anonymity
        return discussion

    return make


def attached(site, reader, discussion):
    listed = site.browser(reader).get(address(discussion)).page.one("ul", class_="attachments")
    return listed, {link.text: link.attrs["href"] for link in listed.all("a")}


def pdf_text(content):
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def saved_as(site, reader, link):
    return site.browser(reader).get(link).headers["Content-Disposition"]


@pytest.mark.parametrize("anonymity", [Anonymity.PEERS, Anonymity.BLIND])
def test_readers_of_pseudonyms_see_numbers_instead_of_names_of_files(site, cast, attach, anonymity):
    discussion = attach(anonymity)
    own = attached(site, cast.ana, discussion)[1]
    assert [*own] == [*SENT]
    for reader in (cast.ben, cast.ines, cast.tariq):
        listed, links = attached(site, reader, discussion)
        if anonymity is Anonymity.PEERS and reader is not cast.ben:
            assert [*links] == [*SENT]
            assert "Essay Ana Perez.png" in saved_as(site, reader, links["Essay Ana Perez.png"])
            continue
        assert [*links] == ["Attachment 1.png", "Attachment 2.txt"]
        assert "Attachment 3.pdf is not shown, because names are hidden" in listed.text
        page = site.browser(reader).get(address(discussion)).html
        assert "Perez" not in page
        assert all("Perez" not in saved_as(site, reader, link) for link in links.values())
        assert site.browser(reader).get(own["Ana Perez.pdf"]).status == 404
    assert "Essay Ana Perez.png" in saved_as(site, cast.ana, own["Essay Ana Perez.png"])
    assert site.browser(cast.ana).get(own["Ana Perez.pdf"]).status == 200


def test_names_of_files_return_when_names_are_revealed(site, cast, attach):
    discussion = attach(Anonymity.BLIND)
    assert "Ana Perez.pdf" not in attached(site, cast.ines, discussion)[1]
    with site.database.writing() as session:
        session.get_one(Discussion, discussion.id).names_revealed_at = site.clock()
    links = attached(site, cast.ines, discussion)[1]
    assert [*links] == [*SENT]
    assert "Ana Perez.pdf" in saved_as(site, cast.ines, links["Ana Perez.pdf"])
    assert "Ana Perez.pdf" not in attached(site, cast.ben, discussion)[1]


@pytest.mark.parametrize("anonymity", [Anonymity.NAMED, Anonymity.PEERS, Anonymity.BLIND])
def test_files_of_instructors_keep_their_names(site, cast, attach, anonymity):
    discussion = attach(anonymity, author=cast.ines)
    links = attached(site, cast.ben, discussion)[1]
    assert [*links] == [*SENT]
    assert "Ana Perez.pdf" in saved_as(site, cast.ben, links["Ana Perez.pdf"])


@pytest.mark.parametrize("kind", KINDS)
def test_exports_do_not_tell_names_of_files(site, cast, attach, kind):
    discussion = attach(Anonymity.BLIND)
    answer = site.browser(cast.ines).get(f"{address(discussion)}/export/file?scope=readable&kind={kind}")
    assert answer.status == 200
    words = pdf_text(answer.response.data) if kind == "pdf" else answer.html
    assert "attachment" in words.lower()
    assert "Perez" not in words
    if kind == "json":
        told = json.loads(answer.html)["posts"][0]["files"]
        assert [file["name"] for file in told] == ["attachment-1.png", "attachment-2.txt"]
        assert site.browser(cast.ines).get(urlsplit(told[0]["url"]).path).status == 200


def test_addresses_from_before_do_not_tell_names_either(site, cast, attach):
    """Stored posts have pictures whose addresses end with the names of the files; those go on working."""
    discussion = attach(Anonymity.BLIND, names=("Essay Ana Perez.png",), before=Anonymity.BLIND)
    new = attached(site, cast.ana, discussion)[1]["Essay Ana Perez.png"]
    assert "Perez" not in new
    old = new.replace("-file.png", "-Essay-Ana-Perez.png")
    with site.database.writing() as session:
        post = session.query(Post).filter_by(discussion_id=discussion.id).one()
        post.html = f'<p>Look:</p><p><img src="{old}" alt="Two lines"></p>'
        post.attachments = [{**file, "slug": old.rpartition("/")[2]} for file in post.attachments]
    page = site.browser(cast.ines).get(address(discussion))
    assert "Perez" not in page.html
    assert page.page.all("article")[-1].one("img").attrs["src"] == new
    staff = site.browser(cast.ines)
    student = re.search(r"/grading/(b\d+)", staff.get(address(discussion, "grading")).html)[1]
    desk = staff.get(address(discussion, "grading", student))
    assert new in desk.html
    assert "Perez" not in desk.html
    assert site.browser(cast.ben).get(old).status == 200
    assert site.browser(cast.ben).get(new.replace("-file.png", "a-file.png")).status == 404


@pytest.fixture
def stored_before(site, cast, attach):
    """Posts as they were stored when addresses had the names of files: in text, pictures, links, and what they said."""
    readings = site.readings()
    discussion = attach(Anonymity.NAMED, text="It differs, says [Kotter, p. 104].", reading_ids=readings)
    links = attached(site, cast.ana, discussion)[1]
    picture = links["Essay Ana Perez.png"].replace("-file.png", "-Essay-Ana-Zebulon.png")
    notes = links["Ana Perez notes.txt"].replace("-file.txt", "-Ana-Zebulon-notes.txt")
    words = " ".join(f"word{number} of mine" for number in range(30))
    html = (
        f'<p>Look, {words} differs:</p><p><img src="{picture}" alt="Two lines"></p>'
        f'<p><a href="{notes}">these notes</a>, <a href="{notes}">https://localhost{notes}</a></p>'
    )
    text = f"Look, {words} differs: {picture} and https://localhost{notes}."
    reply = site.write(cast.ben, discussion, text="Mine is another view.")
    with site.database.writing() as session:
        posts = session.query(Post).filter_by(discussion_id=discussion.id).order_by(Post.id).all()
        cited = posts[0].html
        for post in posts:
            post.html, post.text = f"{cited}{html}", text
            post.attachments = [
                {**file, "name": "Zebulon" + file["name"], "slug": file["slug"].replace("-file", "-Zebulon")}
                for file in posts[0].attachments
            ]
            said = {"format": post.format, "words": 3, "reading_ids": [], "written_at": site.clock()}
            session.add(Revision(post_id=post.id, version=post.version, html=html, text=text, **said))
            post.version += 1
            post.edited_at = site.clock()
        hold_by_rule(session, session.get_one(Post, reply.id), [HeldReason.LINKS], now=site.clock())
        like = {"post_id": reply.id, "like_id": posts[0].id, "share": 90, "at": site.clock()}
        session.add(Finding(reason=HeldReason.SIMILAR, **like))
        session.flush()
        index_posts(session, [(post.id, index_form(post.title, text)) for post in posts])
        session.get_one(Discussion, discussion.id).anonymity = Anonymity.BLIND
    return discussion


@pytest.mark.parametrize("who", ["chi", "ines", "tariq"])
def test_no_view_of_a_post_tells_the_names_of_its_files(site, cast, stored_before, who):
    reader, opened = getattr(cast, who), set()
    browser = site.browser(reader)
    here = f"/courses/{cast.course_id}"
    for endpoint, path in [
        *addresses(site, cast, stored_before, reading_id=[1, 2]),
        ("search.show", f"{here}/search?q=differs"),
        ("search.show", f"{here}/search?q=Zebulon"),
        *(("posts.reply", f"{address(stored_before)}/posts/{number}/reply?quote=1") for number in (1, 2)),
    ]:
        answer = browser.client.get(path, base_url="https://localhost")
        assert answer.status_code < 500, path
        told = answer.get_data().decode("utf-8", "replace")
        told = pdf_text(answer.get_data()) if told.startswith("%PDF") else told
        if "q=Zebulon" in path:
            assert "No post has all of these words" in told
            told = ""
        assert "Zebulon" not in told, path
        if answer.status_code == 200 and ("these notes" in told or "differs" in told):
            opened.add(endpoint)
    seen = {"discussions.show", "answers.unanswered", "search.show", "posts.reply", "citations.show"}
    staff = {"moderation.queue", "moderation.history", "threads.revisions", "exchange.export_file"}
    assert opened >= (seen if reader is cast.chi else seen | staff), opened


def test_an_author_reads_their_own_old_text_with_the_addresses_of_today(site, cast, stored_before):
    browser = site.browser(cast.ana)
    for part in ("edit", "revisions"):
        path = address(stored_before, "posts", 1, part)
        assert "-file.png" in browser.get(path).html
        assert "Ana-Zebulon" not in browser.get(path).html


@pytest.mark.parametrize(
    ("anonymity", "who"), [(Anonymity.PEERS, "Only you and your instructors"), (Anonymity.BLIND, "Only you")]
)
def test_an_author_is_told_which_of_their_files_others_do_not_get(site, cast, attach, anonymity, who):
    discussion = attach(anonymity)
    told = attached(site, cast.ana, discussion)[0].one("p", class_="note")
    assert told.text.startswith(f"{who} can open this file, because names are hidden and it may contain your name.")
    assert "edit your post, deselect the file, and paste its text or attach a picture of it" in told.text
    assert not attached(site, cast.ben, discussion)[0].all("p", class_="note")
    with site.database.writing() as session:
        stored = session.get_one(Discussion, discussion.id)
        stored.names_revealed_at, stored.edit_minutes = site.clock(), 0
    site.clock.move(minutes=5)
    told = attached(site, cast.ana, discussion)[0].one("p", class_="note").text
    assert told.startswith("Only you and your instructors can open this file")
    assert "in a new reply" in told
    with site.database.writing() as session:
        session.get_one(Discussion, discussion.id).anonymity = Anonymity.NAMED
    assert not attached(site, cast.ana, discussion)[0].all("p", class_="note")


def test_a_document_that_waits_in_a_draft_is_refused_when_the_form_hides_names(site, cast):
    discussion = site.discussion(post_first=False)
    browser, here, path = site.browser(cast.ana), address(discussion), address(discussion, "settings")
    token = browser.form(f"{here}/posts", here).one("input", name="csrf_token").attrs["value"]
    sent = {"files": [(io.BytesIO(SENT["Ana Perez.pdf"]), "Ana Perez.pdf")], "csrf_token": token, "text": ""}
    answer = browser.send(f"{here}/posts", data=sent)
    assert answer.status == 422
    (kept,) = [box.attrs["value"] for box in answer.page.all("input") if box.attrs.get("name") == "attached"]
    assert site.browser(cast.ines).post_form(path, path, anonymity="blind").status == 303
    refused = browser.post(f"{here}/posts", text=SEE, attached=kept)
    assert refused.status == 422
    assert "“Ana Perez.pdf” may contain the name of its author" in refused.text
    assert SEE not in site.browser(cast.ben).get(here).text


@pytest.mark.parametrize("other", ["named", "peers"])
def test_the_form_cannot_unmask_files_that_were_attached_under_a_pseudonym(site, cast, attach, other):
    discussion = attach(Anonymity.BLIND, names=("Ana Perez notes.txt",), before=Anonymity.BLIND)
    path = address(discussion, "settings")
    assert site.browser(cast.ines).post_form(path, path, anonymity=other).status == 303
    for reader in (cast.ben, cast.ines):
        assert [*attached(site, reader, discussion)[1]] == ["Attachment 1.txt"]


def test_files_of_a_reply_keep_their_secrets_when_it_becomes_a_thread(site, cast, attach):
    discussion = attach(Anonymity.PEERS, to=cast.ben)
    links = attached(site, cast.ana, discussion)[1]
    path = address(discussion, "moderation", "posts", 2, "split")
    assert site.browser(cast.ines).post_form(path, path, title="Apart").status == 303
    listed, seen = attached(site, cast.ben, discussion)
    assert [*seen] == ["Attachment 1.png", "Attachment 2.txt"]
    assert "Attachment 3.pdf is not shown" in listed.text
    assert site.browser(cast.ben).get(links["Ana Perez.pdf"]).status == 404
    assert "Only you and your instructors" in attached(site, cast.ana, discussion)[0].text


@pytest.mark.parametrize("anonymity", [Anonymity.NAMED, Anonymity.PEERS, Anonymity.BLIND])
def test_the_desk_lists_files_as_they_are_shown_below_the_post(site, cast, attach, anonymity):
    discussion = attach(anonymity)
    browser, desk = site.browser(cast.ines), address(discussion, "grading")
    rows = browser.get(desk).page.one("tbody").all("tr")
    pages = [browser.get(row.one("th").one("a").attrs["href"]) for row in rows]
    (listed,) = [found for page in pages for found in page.page.all("ul", class_="attachments")]
    links = {link.text: link.attrs["href"] for link in listed.all("a")}
    if anonymity is Anonymity.BLIND:
        assert [*links] == ["Attachment 1.png", "Attachment 2.txt"]
        assert "Attachment 3.pdf is not shown, because names are hidden" in listed.text
    else:
        assert [*links] == [*SENT]
    assert {browser.get(link).status for link in links.values()} == {200}
