"""Posts from the editor: what it sends, what is made of it, and how it comes back."""

import io

import pytest

from lti_app.discussion.discussions.rules import Anonymity
from tests.factories import files
from tests.web.site import address

HTML = (
    "<p>My <strong>bold</strong> claim&nbsp;&amp; <em>more</em>.</p><ul><li><p>one</p></li></ul>"
    "<blockquote><p>quoted words</p></blockquote><script>alert(1)</script>"
)
PLAIN = "My bold claim\u00a0& more.\n\n- one\n\n> quoted words"


@pytest.fixture
def path(discussion):
    return address(discussion, "posts")


def send(browser, path, form_page, **fields):
    """As the editor does."""
    return browser.post_form(path, form_page, format="html", **fields)


def newest(site, discussion, who=None):
    return site.browser(who or site.cast.ines).get(address(discussion)).page.all("article")[-1]


def test_rich_text_is_shown_as_written(site, cast, discussion, path):
    assert send(site.browser(cast.ana), path, address(discussion), text=HTML).status == 303
    prose = newest(site, discussion).one("div", class_="prose")
    assert [prose.one(tag).text for tag in ("strong", "em", "li", "blockquote")] == [
        "bold",
        "more",
        "one",
        "quoted words",
    ]
    assert "alert(1)" not in prose.text


def test_without_the_editor_markup_is_text(site, cast, discussion, path):
    site.browser(cast.ana).post_form(path, address(discussion), text="<b>not bold</b>")
    assert newest(site, discussion).one("div", class_="prose").text == "<b>not bold</b>"


@pytest.mark.parametrize(
    "text", ["<p></p>", "<p><br></p><ul><li><p> </p></li></ul>", "<script>a</script>", "<p>\u200b</p>"]
)
def test_nothing_is_no_post(site, cast, discussion, path, text):
    answer = send(site.browser(cast.ana), path, address(discussion), text=text)
    assert answer.status == 422
    assert "Write something first." in answer.beside("text")


@pytest.mark.parametrize("text", [f"<p>{'word ' * 4001}</p>", "<p>a</p>" * 30_000])
def test_too_long_a_text_comes_back_with_its_markup(site, cast, discussion, path, text):
    answer = send(site.browser(cast.ana), path, address(discussion), text=text)
    assert answer.status == 422
    assert "up to 20000 characters" in answer.beside("text")
    area = answer.page.one("textarea", name="text")
    assert area.attrs["data-rich"].startswith("<p>")
    assert not area.written.startswith("<p>")


@pytest.mark.parametrize("tags", ["<div>" * 35_000, "<ul><li>" * 20_000, "<pre>" * 30_000])
def test_formatting_that_is_too_deep_is_refused_and_the_words_come_back(site, cast, discussion, path, tags):
    answer = send(site.browser(cast.ana), path, address(discussion), text=f"<p>My claim</p>{tags}and more")
    assert answer.status == 422
    assert "nested too deeply" in answer.beside("text")
    area = answer.page.one("textarea", name="text")
    assert area.attrs["data-rich"] == "<p>My claim and more</p>"
    assert area.written == "My claim and more"
    assert not site.browser(cast.ines).get(address(discussion)).page.all("article")


def test_refused_text_comes_back_safe_for_the_editor_and_plain_for_the_text_area(site, cast, discussion, path):
    site.clock.move(days=30)
    answer = site.browser(cast.ana).post(path, text=HTML, format="html")
    assert (answer.status, answer.kept) == (422, [PLAIN])
    area = answer.page.one("textarea", name="text")
    assert "<strong>bold</strong>" in area.attrs["data-rich"]
    assert "script" not in area.attrs["data-rich"]
    assert answer.page.one("input", name="format").attrs["value"] == "text"


def test_a_post_is_edited_in_the_format_in_which_it_was_written(site, cast, discussion, path):
    browser = site.browser(cast.ana)
    send(browser, path, address(discussion), text=HTML)
    edit = address(discussion, "posts", 1, "edit")
    page = browser.get(edit)
    assert page.kept == [PLAIN]
    rich = page.page.one("textarea", name="text").attrs["data-rich"]
    assert rich.startswith("<p>My <strong>bold</strong>")
    assert send(browser, edit, edit, text=rich).status == 303
    assert "edited" not in newest(site, discussion).text
    assert send(browser, edit, edit, text=rich.replace("strong", "em")).status == 303
    assert "edited" in newest(site, discussion).text
    assert not newest(site, discussion).all("strong")


def test_citations_of_the_editor_count_as_those_in_brackets(site, cast, with_readings):
    kotter = with_readings.readings[0].id
    path = address(with_readings, "posts")
    chip = f'<a class="cited" data-reading="{kotter}" data-page="104">whatever</a>'
    html = f"<p>As {chip} and [Zaleznik, p. 70] say, it depends on us.</p>"
    assert send(site.browser(cast.ana), path, address(with_readings), text=html).status == 303
    article = newest(site, with_readings)
    cited = article.all("a", class_="cited")
    assert [link.text for link in cited] == ["Kotter 1990, p. 104", "Zaleznik 1977, p. 70"]
    references = article.one("details", class_="references")
    assert "2 references" in references.text
    assert "What Leaders Really Do" in references.text
    assert "Managers and Leaders" in references.text


def test_a_post_without_citations_has_no_references(site, cast, with_readings):
    site.write(cast.ana, with_readings, "Nothing cited here at all.")
    assert not newest(site, with_readings).all("details", class_="references")


def test_people_of_the_course_are_offered(site, cast, discussion):
    offered = site.browser(cast.ana).get(f"{address(discussion, 'posts', 'people')}?q=b").response.json
    assert offered == [{"id": cast.ben.person_id, "name": "Ben Carter"}]
    names = [one["name"] for one in site.browser(cast.ana).get(address(discussion, "posts", "people")).response.json]
    assert names == ["Ben Carter", "Chi Nguyen", "Ines Navarro", "Tariq Haddad"]
    by_family = site.browser(cast.ines).get(f"{address(discussion, 'posts', 'people')}?q=NGU").response.json
    assert [one["name"] for one in by_family] == ["Chi Nguyen"]
    for query in ("%", "_", "' OR 1=1 --", "x" * 5000, "\x00"):
        answer = site.browser(cast.ana).get(address(discussion, "posts", "people"), query_string={"q": query})
        assert (answer.status, answer.response.json) == (200, [])


def test_observers_are_offered_nobody_and_to_no_student(site, cast, discussion, foreign):
    people = address(discussion, "posts", "people")
    assert site.browser(cast.olga).get(people).status == 403
    assert site.browser(cast.ines).get(f"{people}?q=olga").response.json[0]["name"] == "Olga Petrova"
    assert site.browser(cast.ana).get(f"{people}?q=olga").response.json == []
    assert site.browser(cast.stranger).get(people).status in (401, 403, 404)


def test_a_mention_shows_the_persons_name_whatever_was_sent(site, cast, discussion, path):
    html = "".join(
        f'<p><span class="mention" data-id="{person.person_id}">@The boss</span> says so.</p>'
        for person in (cast.ben, cast.stranger, cast.olga)
    )
    send(site.browser(cast.ana), path, address(discussion), text=html)
    article = newest(site, discussion)
    assert [chip.text for chip in article.all("span", class_="mention")] == ["@Ben Carter"]
    assert article.text.count("@The boss") == 2


def test_a_typed_name_mentions_too(site, cast, discussion, path):
    site.browser(cast.ana).post_form(path, address(discussion), text="I agree with @Ben Carter, mostly.")
    assert newest(site, discussion).one("span", class_="mention").attrs["data-id"] == str(cast.ben.person_id)


def test_where_names_are_hidden_people_are_mentioned_by_their_pseudonyms(site, cast):
    discussion = site.discussion(anonymity=Anonymity.PEERS)
    site.write(cast.ben, discussion)
    path, people = address(discussion, "posts"), address(discussion, "posts", "people")
    names = [one["name"] for one in site.browser(cast.ana).get(people).response.json]
    assert "Ben Carter" not in names
    assert len(names) == 3
    assert {"Ines Navarro", "Tariq Haddad"} < set(names)
    (pseudonym,) = set(names) - {"Ines Navarro", "Tariq Haddad"}
    text = f"<p>@Ben Carter or @{pseudonym} said more than I could.</p>"
    send(site.browser(cast.ines), path, address(discussion), text=text)
    chips = newest(site, discussion).all("span", class_="mention")
    assert [chip.text for chip in chips] == [f"@{pseudonym}"]


def test_files_are_attached_without_scripts_and_listed_below_the_post(site, cast, discussion, path):
    browser = site.browser(cast.ana)
    sent = [(io.BytesIO(files.png()), "my chart.png"), (io.BytesIO(b"some notes of mine"), "notes.txt")]
    form = browser.form(path, address(discussion))
    token = form.one("input", name="csrf_token").attrs["value"]
    answer = browser.send(path, data={"csrf_token": token, "text": "See what I found in there.", "files": sent})
    assert answer.status == 303
    links = newest(site, discussion, cast.ines).one("ul", class_="attachments").all("a")
    assert [link.text for link in links] == ["my chart.png", "notes.txt"]
    assert site.browser(cast.tariq).get(links[1].attrs["href"]).html == "some notes of mine"


def test_files_of_a_refused_post_are_still_there_and_can_be_left_out(site, cast, discussion, path):
    browser = site.browser(cast.ana)
    token = browser.form(path, address(discussion)).one("input", name="csrf_token").attrs["value"]
    data = {
        "csrf_token": token,
        "text": " ",
        "files": [(io.BytesIO(b"notes"), "notes.txt"), (io.BytesIO(b"b"), "b.txt")],
    }
    refused = browser.send(path, data=data)
    assert refused.status == 422
    boxes = refused.page.all("input", name="attached")
    assert ["checked" in box.attrs for box in boxes] == [True, True]
    kept = boxes[1].attrs["value"]
    assert browser.send(path, data={"csrf_token": token, "text": "Here it is then.", "attached": [kept]}).status == 303
    assert [link.text for link in newest(site, discussion).one("ul", class_="attachments").all("a")] == ["b.txt"]
    edit = address(discussion, "posts", 1, "edit")
    assert browser.get(edit).page.one("input", name="attached").attrs["value"] == kept
    assert browser.post_form(edit, edit, attached=None).status == 303
    assert not newest(site, discussion).all("ul", class_="attachments")


def test_a_file_that_is_not_taken_is_said_and_the_text_kept(site, cast, discussion, path):
    browser = site.browser(cast.ana)
    token = browser.form(path, address(discussion)).one("input", name="csrf_token").attrs["value"]
    bad = [(io.BytesIO(b"MZ\x90\x00" * 100), "virus.exe")]
    answer = browser.send(path, data={"csrf_token": token, "text": "Look at this.", "files": bad})
    assert (answer.status, answer.kept) == (422, ["Look at this."])
    assert "We can’t accept this type of file" in answer.text


NAMED_KINDS = {
    "essay.pdf": files.pdf(["One"]),
    "essay.docx": files.office(*files.DOCX),
    "essay.odt": files.office(*files.ODT),
}


@pytest.mark.parametrize("anonymity", [Anonymity.PEERS, Anonymity.BLIND])
@pytest.mark.parametrize("name", NAMED_KINDS)
def test_files_that_may_name_their_author_are_refused_where_names_are_hidden(site, cast, anonymity, name):
    discussion = site.discussion(anonymity=anonymity)
    path, browser = address(discussion, "posts"), site.browser(cast.ana)
    form = browser.form(path, address(discussion))
    assert "may contain yours" in form.text
    token = form.one("input", name="csrf_token").attrs["value"]
    data = {"csrf_token": token, "text": "Read what I attached.", "shown_anonymity": anonymity.value}
    refused = browser.send(path, data={**data, "files": (io.BytesIO(NAMED_KINDS[name]), name)})
    assert (refused.status, refused.kept) == (422, ["Read what I attached."])
    assert f"“{name}” may contain the name of its author" in refused.text
    picture = {**data, "files": (io.BytesIO(files.png()), "chart.png")}
    assert browser.send(path, data=picture).status == 303
    edit = address(discussion, "posts", 1, "edit")
    changed = {**data, "version": "1", "files": (io.BytesIO(NAMED_KINDS[name]), name)}
    assert "may contain the name of its author" in browser.send(edit, data=changed).text
    ines = site.browser(cast.ines)
    assert "may contain yours" not in ines.get(address(discussion)).text


def test_files_of_others_are_not_attached(site, cast, discussion, path):
    ben, ana = site.browser(cast.ben), site.browser(cast.ana)
    token = ben.form(path, address(discussion)).one("input", name="csrf_token").attrs["value"]
    data = {"csrf_token": token, "text": "", "files": [(io.BytesIO(b"private"), "private.txt")]}
    theirs = ben.send(path, data=data).page.one("input", name="attached").attrs["value"]
    assert ana.post_form(path, address(discussion), text="Not mine to show.", attached=theirs).status == 303
    assert not newest(site, discussion).all("ul", class_="attachments")


def test_files_in_others_posts_are_shown_by_whoever_has_seen_them_and_attached_by_nobody_else(
    site, cast, discussion, path
):
    """Ids can be counted up: to what another group, or nobody yet, has been shown."""
    seen, here = site.attached(cast.ben), address(discussion)
    browser, src = site.browser(cast.ana), f"/courses/{cast.course_id}/files/{seen.id}"

    def posted():
        return browser.get(f"{here}?sort=oldest").page.all("article")[-1]

    refused = browser.post_form(path, here, text=" ", attached=f"{seen.id}")
    assert seen.slug not in refused.html
    assert seen.name not in refused.html
    assert browser.post_form(path, here, text="Mine now?", attached=f"{seen.id}").status == 303
    assert not posted().all("ul", class_="attachments")

    def shown(address_of):
        text = f'<p>Look at {address_of}:</p><p><img src="{src}/{address_of}" alt="A chart"></p>'
        assert send(browser, path, here, text=text).status == 303
        return len(posted().all("img"))

    assert shown(seen.slug) == 0
    text = f'<p>My chart:</p><p><img src="{src}/{seen.slug}" alt="A chart"></p>'
    assert send(site.browser(cast.ben), path, here, text=text).status == 303
    site.clock.move(hours=1)  # else the same words again would be the same post
    assert [shown("guessed.png"), shown(seen.slug)] == [0, 1]


@pytest.mark.parametrize("attached", ["x", "-1", str(10**30)])
def test_forged_file_ids_attach_nothing(site, cast, discussion, path, attached):
    answer = site.browser(cast.ana).post_form(path, address(discussion), text="My own words here.", attached=attached)
    assert answer.status in (303, 422)


def test_a_post_is_quoted_in_a_reply(site, cast, discussion):
    parent = site.write(cast.ben, discussion, "First line here.\n\nSecond line here.")
    site.write(cast.ana, discussion)
    reply = address(discussion, "posts", parent.id, "reply")
    browser = site.browser(cast.ana)
    assert browser.get(reply).kept == [""]
    whole = browser.get(f"{reply}?quote=1")
    assert whole.kept == ["> 1 wrote:\n>\n> First line here.\n>\n> Second line here."]
    assert f'href="{address(discussion)}?at=1#p1"' in whole.page.one("textarea", name="text").attrs["data-rich"]
    assert browser.get(f"{reply}?quote=1&part=Second line").kept == ["> 1 wrote:\n>\n> Second line"]
    assert browser.get(f"{reply}?quote=1&part=never said").kept == whole.kept
