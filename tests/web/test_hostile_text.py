"""Markup, scripts and odd characters in every field that anybody can fill in are shown as text, on every page."""

from datetime import timedelta

import pytest

from lti_app.course.courses.actions import rename_course
from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.rules import Calendar
from lti_app.library.readings.rules import ReadingEntry
from tests.cast import MONDAY, arrive
from tests.web.page import values_of
from tests.web.site import address

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "<a href=javascript:alert(1)>x</a>",
    "<p style=position:fixed;inset:0>x",
    "</textarea><script>alert(1)</script>",
    "</title></head></main>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "{{ 7 * 7 }} {% raw %} %(name)s ${7*7}",
    "<!-- <form action=https://evil.example>",
    "&lt;script&gt; &#60;b&#62; &amp;",
    "javascript:alert(1)",
    "[Kotter 1990, p. <b onclick=alert(1)>1</b>] [<script>, p. 3]",
    'https://evil.example/"onmouseover="alert(1) http://x.example/<script>',
    "\u202egnp.exe\u2066 z\u0300\u0301\u0302\u0303 \U0001f469\u200d\U0001f52c",
]
MARK = "<script>alert('mark')</script>"


@pytest.fixture
def mallory(site, cast):
    with site.database.writing() as session:
        return arrive(session, cast.course_id, f"Mallory {MARK}", Role.STUDENT, now=site.clock())


def words(text):
    """The words of a text as they are shown, apart from what is left out or set in a link of its own."""
    return [word for word in text.split() if word.isascii() and not word.startswith(("http", "["))]


def test_posts_show_what_was_typed_and_run_nothing(site, cast, with_readings):
    """The page itself is checked for running code whenever the browser opens it."""
    browser, here = site.browser(cast.ana), address(with_readings)
    for number, attack in enumerate(ATTACKS, 1):
        assert browser.post_form(f"{here}/posts", here, text=attack).status == 303
        shown = browser.get(f"{here}?at={number}").page.one("article", id=f"p{number}").one("div", class_="prose")
        assert set(words(attack)) <= set(shown.text.split()), attack
        assert {element.tag for element in shown.walk()} <= {"p", "br", "blockquote", "a"}
        for link in shown.all("a"):
            assert link.attrs["href"].startswith(("http://", "https://", "#reading-"))
            assert set(link.attrs) <= {"href", "class", "rel", "target"}
            assert "noopener" in link.attrs["rel"]


def test_text_comes_back_into_its_field_as_it_was_typed(site, cast, discussion):
    browser, here = site.browser(cast.ana), address(discussion)
    for attack in ATTACKS:
        text = f"{attack}\n" + "x" * 20_000
        assert browser.post_form(f"{here}/posts", here, text=text).kept == [text]
        assert site.stranger().send(f"{here}/posts", data={"text": attack}).kept == [attack]
        page = browser.post_form(f"{here}/posts", here, text=attack).location.partition("#")[0]
        edit = [a.attrs["href"] for a in browser.get(page).page.all("a") if a.attrs["href"].endswith("/edit")][-1]
        assert len(browser.get(edit).kept) == 1


def test_every_field_is_text_on_every_page(site, cast, mallory):
    """One attack in all fields at once: names, titles, prompt, readings, post, comment, and what the LMS said."""
    with site.database.writing() as session:
        rename_course(session, cast.course_id, title=f"Course {MARK}", label=MARK)
    evil = ReadingEntry(
        authors=f"O'{MARK}, A. & B.",
        year=1990,
        title=f"Title {MARK}",
        container=f"Journal {MARK}",
        volume=MARK,
        issue=MARK,
        pages=MARK,
        doi=f"10.1/{MARK}",
        url=f'https://x.example/?{MARK}" onclick="alert(1)',
    )
    reading = site.reading(evil)
    changes = {"title": f"Discussion {MARK}", "prompt": f"Prompt {MARK}\n\n> {MARK}", "reading_ids": (reading,)}
    discussion = site.discussion(**changes, required_ids=frozenset({reading}))
    scheduled = site.discussion(**changes, calendar=Calendar(opens_at=MONDAY + timedelta(days=1)))
    post = site.write(mallory, discussion, f"Post {MARK}")
    site.write(cast.ana, discussion)
    answer = site.write(cast.ana, discussion, f"Answer {MARK}", to=post)
    site.write(mallory, discussion, f"Again {MARK}", to=answer)
    site.mark(discussion, mallory, comment=f"Comment {MARK}")
    site.release(discussion, mallory)
    site.lms_answers(refusal=f"odd{MARK}", detail=f"Detail {MARK}")
    here, home = address(discussion), f"/courses/{cast.course_id}"
    for actor, paths in {
        mallory: [home, here, f"{here}/participation", f"{here}/posts/{answer.id}/reply",
                  f"{here}/posts/{post.id}/edit", f"{here}/posts/{post.id}/delete", address(scheduled)],
        cast.ana: [here, f"{here}?at=1.1.1", f"{here}/posts/{post.id}/reply", f"{here}/participation"],
        cast.ines: [home, here, f"{here}/settings", f"{here}/grading", f"{here}/grading/{mallory.person_id}",
                    f"{here}/grading/{cast.ana.person_id}", f"{here}/posts/{post.id}/delete", address(scheduled)],
    }.items():  # fmt: skip
        browser = site.browser(actor)
        for path in paths:
            answered = browser.get(path)
            assert answered.status == 200, path
            assert "<script>alert('mark')" not in answered.html, path
            assert "alert('mark')" in answered.page.one("html").text, path
            assert not [a for a in answered.page.walk() if "alert" in a.attrs.get("onclick", "")]


def test_what_is_typed_into_forms_comes_back_as_text(site, cast, with_readings):
    browser, here = site.browser(cast.ines), address(with_readings)
    for attack in ATTACKS[1:8:2]:
        typed = {"title": attack, "prompt": attack, "points": attack, "opens_at": attack, "first_post_words": attack}
        answer = browser.post_form(f"{here}/settings", f"{here}/settings", **typed)
        assert answer.status == 422
        shown = values_of(answer.page.one("form", method="post"))
        assert {name: shown[name] for name in typed} == typed
        new = {"new-title": attack, "new-year": attack, "new-url": attack, "new-doi": attack, "new-authors": attack}
        answer = browser.post_form(f"{here}/settings", f"{here}/settings", **new, action="add_reading")
        assert answer.status == 422
        shown = values_of(answer.page.one("form", method="post"))
        assert {name: shown[name] for name in new} == new


def test_addresses_and_questions_are_not_echoed(site, cast, discussion):
    browser = site.browser(cast.ana)
    for path in (f"/{MARK}", f"{address(discussion)}/{MARK}", f"{address(discussion)}?at={MARK}", f"/x?{MARK}"):
        assert "alert(" not in browser.get(path).html
    for header in ("Accept-Language", "Referer", "User-Agent", "X-Forwarded-For"):
        assert "alert(" not in browser.get(address(discussion), headers={header: MARK}).html
