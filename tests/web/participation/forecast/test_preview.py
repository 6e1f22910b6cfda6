"""POST …/guidance: what a composer says while one is writing; and what it says when it opens, without scripts."""

from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.drafts.rules import place_of
from tests.cast import MONDAY
from tests.web.questions import costs, refused, refuses_methods
from tests.web.site import address

REPLY = "One two three four five"


def test_a_first_post(site, cast, with_readings, ask):
    browser = site.browser(cast.ana)
    said = ask(browser, with_readings, text="Two words")
    assert "Would count as your first post with 3 more words." in said
    assert "Not cited yet: Kotter 1990; Zaleznik 1977." in said
    said = ask(browser, with_readings, text="Five words of my own [Kotter, p. 104]")
    assert "Would count as your first post." in said
    assert "Cites a required reading: Kotter 1990." in said
    assert "Not cited yet: Zaleznik 1977." in said


def test_what_is_said_is_what_is_counted(site, cast, with_readings, ask):
    """Rich text and plain; the same words counted by the same rule when it is really posted."""
    browser = site.browser(cast.ana)
    texts = [
        ("text", "> quoted lines do not count\n\nfour words of mine"),
        ("html", "<p>four words of <em>mine</em></p><blockquote><p>not these</p></blockquote>"),
        ("text", "five words of my own [Kotter 1990]"),
        ("html", "<p>five words of my own, truly</p>"),
    ]
    for kind, text in texts:
        said = ask(browser, with_readings, text=text, format=kind)
        parent = site.write(cast.ana, site.discussion(title="Else"))  # nothing of another discussion counts
        assert parent
        posts = address(with_readings, "posts")
        browser.post_form(posts, address(with_readings), text=text, format=kind)
        badge = browser.get(address(with_readings)).page.all("a", class_="verdict")[-1].text
        short = "1 more word" in said
        assert ("1 more word" in badge) == short, (text, said, badge)
        delete = browser.get(address(with_readings)).page
        path = next(a.attrs["href"] for a in delete.all("a") if a.text.startswith("Delete"))
        browser.post_form(path, path)


def test_a_reply(site, cast, discussion, ask):
    ben, chi = site.write(cast.ben, discussion), site.write(cast.chi, discussion)
    own, teacher = site.write(cast.ana, discussion), site.write(cast.ines, discussion)
    browser = site.browser(cast.ana)
    said = ask(browser, discussion, place=place_of(ben.id).key, text="One")
    assert "Would count as reply 1 of 2 with 2 more words." in said
    site.write(cast.ana, discussion, REPLY, to=ben)
    for post, words in (
        (ben, "you already replied to Ben Carter"),
        (chi, "Would count as reply 2 of 2."),
        (own, "a reply to yourself"),
        (teacher, "a reply to an instructor"),
    ):
        assert words in ask(browser, discussion, place=place_of(post.id).key, text=REPLY)
    site.write(cast.ana, discussion, REPLY, to=chi)
    third = site.write(cast.ben, discussion, "Another thread of mine is this.")
    assert "More than required" not in ask(browser, discussion, place=place_of(third.id).key, text=REPLY)


def test_late_is_said_with_the_date(site, cast, discussion, ask):
    site.clock.move(days=4)
    assert "Late: this was due <time" in ask(site.browser(cast.ana), discussion, text="x")
    assert site.clock() > MONDAY


def test_the_move_that_is_asked_for(site, cast, ask):
    discussion = site.discussion(wanted_move=Move.COUNTER, post_first=False)
    ben = site.write(cast.ben, discussion)
    browser, place = site.browser(cast.ana), place_of(ben.id).key
    assert "Still required: one counter-argument." in ask(browser, discussion, place=place, text=REPLY)
    said = ask(browser, discussion, place=place, text=REPLY, move="counter")
    assert "Would count as one counter-argument." in said
    reply = address(discussion, "posts", ben.id, "reply")
    page = browser.get(reply)
    assert "Required of everyone here: one counter-argument." in page.text
    assert "One counter-argument, not done yet" in page.text
    assert "Give a counter-argument in one of your replies." in browser.get(address(discussion)).text
    browser.post_form(address(discussion, "posts"), reply, text=REPLY, move="counter")
    shown = browser.get(address(discussion))
    assert "1 counter" in shown.page.one("p", class_="mix").text
    assert "One counter-argument" in shown.page.one("ol", class_="checklist").text
    assert "not done yet" not in shown.page.one("ol", class_="checklist").text


def test_advice_comes_gently(site, cast, discussion, ask):
    ben = site.write(cast.ben, discussion, "Leaders cope with change and align people.")
    site.write(cast.ana, discussion)
    browser, place = site.browser(cast.ana), place_of(ben.id).key
    assert "So far this agrees" in ask(browser, discussion, place=place, text="I agree, great point!")
    assert "So far this agrees" not in ask(browser, discussion, place=place, text="I agree, but is it so?")
    for text in ("Once is fine, I hope.", "Twice is fine too, I hope."):
        site.write(cast.ana, discussion, text, to=ben)
    opened = browser.get(address(discussion, "posts", ben.id, "reply"))
    assert "third reply in a row to the same person" in opened.text
    site.write(cast.ana, discussion, "Thrice, and the thread is mine.", to=ben)
    assert "Most of this thread is yours." in ask(browser, discussion, place=place, text=REPLY)


def test_teachers_are_told_nothing(site, cast, discussion, ask):
    ben = site.write(cast.ben, discussion)
    browser = site.browser(cast.ines)
    assert ask(browser, discussion, place=place_of(ben.id).key, text="I agree, great point!") == ""
    assert ask(browser, discussion, text="x") == ""


def test_a_composer_says_it_when_it_opens(site, cast, discussion):
    answer = site.browser(cast.ana).get(address(discussion))
    assert "Would count as your first post with 5 more words." in answer.text
    ben = site.write(cast.ben, discussion)
    site.write(cast.ana, discussion)
    reply = site.browser(cast.ana).get(address(discussion, "posts", ben.id, "reply"))
    assert "Would count as reply 1 of 2 with 3 more words." in reply.text


def test_nothing_is_stored(site, cast, discussion, ask):
    browser = site.browser(cast.ana)
    with site.statements() as sent:
        ask(browser, discussion, text="I agree @Ben Carter [Kotter, p. 1]")
    assert all(statement.startswith("SELECT") for statement in sent)


def test_who_may_not_write_is_told_nothing(site, cast, discussion):
    path = address(discussion, "guidance")
    ben = site.write(cast.ben, discussion, "Nobody may quote this to Ana yet.")
    refused(site.browser(cast.olga).post(path, text="x"), 403)
    refused(site.browser(cast.ana).post(path, text="x", place=place_of(ben.id).key), 404)
    refused(site.browser(cast.ana).post(path, text="x", place="nowhere"), 400)
    refused(site.browser(cast.ana).post(path, text="x" * 20_001), 400)
    refuses_methods(site, cast.ana, path, "GET", "PUT")


def test_statements_do_not_grow(site, cast, discussion, ask):
    ben = site.write(cast.ben, discussion)
    site.write(cast.ana, discussion)
    browser, place = site.browser(cast.ana), place_of(ben.id).key
    few = costs(site, lambda: ask(browser, discussion, place=place, text=REPLY))
    for number in range(6):
        site.write(cast.ana, discussion, f"{REPLY} {number}", to=ben)
    assert costs(site, lambda: ask(browser, discussion, place=place, text=REPLY)) == few <= 13
