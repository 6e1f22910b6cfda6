"""Many people at once, each in a browser of their own: nothing is lost, nothing fails."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.web.browser import Browser
from tests.web.page import values_of
from tests.web.site import address

EACH = 4


def at_once(*works: Callable[[], None]) -> None:
    """Run all of these together; the first failure is raised."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        start.wait(timeout=30)
        work()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(run, work) for work in works]:
            done.result(timeout=60)


def marking(browser: Browser, path: str) -> dict[str, str]:
    page = browser.get(path).page
    return values_of(next(form for form in page.all("form", method="post") if form.all("textarea", name="comment")))


def sends(browser: Browser, path: str, data: dict[str, str], statuses: list[int]) -> Callable[[], None]:
    return lambda: statuses.append(browser.send(path, data=data).status)


def addresses(browser: Browser, page: str) -> list[str]:
    """Those of all posts of a discussion, page by page."""
    found = []
    while page:
        answer = browser.get(page)
        found += [article.attrs["id"].removeprefix("p") for article in answer.page.all("article")]
        page = next((a.attrs["href"].partition("#")[0] for a in answer.page.all("a", rel="next")), "")
    return found


@pytest.fixture
def writes(site, cast, discussion):
    """The work of somebody who writes a reply and a first post, several times."""
    parent = site.write(cast.ines, discussion)

    def start(actor):
        browser, path = site.browser(actor), address(discussion, "posts")
        token = browser.token(f"/courses/{cast.course_id}")

        def work():
            for number in range(EACH):
                fields = {"csrf_token": token, "text": f"{actor.name} says {number}."}
                assert browser.send(path, data=fields).status == 303
                assert browser.send(path, data={**fields, "parent_id": str(parent.id)}).status == 303

        return work

    return start


@pytest.fixture
def grades(site, cast, discussion):
    """The work of a grader who adds to the comment, several times, and tries again when another one was first."""
    best = {f"criterion-{c.id}": str(c.levels[0].id) for c in site.rubric(discussion).criteria}

    def start(actor, name):
        browser, path = site.browser(actor), address(discussion, "grading", cast.ana.person_id)

        def work():
            done = 0
            while done < EACH:
                form = marking(browser, path)
                data = {**form, **best, "comment": f"{form['comment']} {name}{done}", "action": "release"}
                status = browser.send(path, data=data).status
                assert status in (303, 409)
                done += status == 303

        return work

    return start


def test_posts_and_grades_at_once_lose_nothing(site, cast, discussion, writes, grades):
    graders = {"a": cast.ines, "b": cast.tariq, "c": cast.tariq}
    at_once(*map(writes, cast.students), *(grades(actor, name) for name, actor in graders.items()))
    browser = site.browser(cast.ines)
    posts = addresses(browser, address(discussion))
    assert len(posts) == 1 + 2 * 3 * EACH
    assert set(posts) == {f"1.{n}" for n in range(1, 3 * EACH + 1)} | {f"{n}" for n in range(1, 3 * EACH + 2)}
    saved = marking(browser, address(discussion, "grading", cast.ana.person_id))
    assert sorted(saved["comment"].split()) == [f"{name}{n}" for name in graders for n in range(EACH)]
    assert int(saved["version"]) == 3 * EACH
    assert site.passbacks(discussion)[cast.ana.person_id].given == 20


def test_second_click_at_once_is_no_second_post(site, cast, discussion):
    browsers = [site.browser(cast.ana) for _ in range(3)]
    data = [{"csrf_token": b.token(f"/courses/{cast.course_id}"), "text": "Clicked twice."} for b in browsers]
    statuses = []
    at_once(*(sends(b, address(discussion, "posts"), d, statuses) for b, d in zip(browsers, data, strict=True)))
    assert statuses == [303, 303, 303]
    assert addresses(browsers[0], address(discussion)) == ["1"]


def test_same_post_edited_and_deleted_at_once_is_one_of_the_two(site, cast, discussion):
    post = site.write(cast.ana, discussion)
    here = address(discussion, "posts", post.id)
    editor, remover = site.browser(cast.ana), site.browser(cast.ines)
    edit = values_of(editor.form(f"{here}/edit", f"{here}/edit")) | {"text": "The newer text."}
    remove = values_of(remover.form(f"{here}/delete", f"{here}/delete"))
    statuses = {}
    at_once(
        lambda: statuses.update(edit=editor.send(f"{here}/edit", data=edit).status),
        lambda: statuses.update(delete=remover.send(f"{here}/delete", data=remove).status),
    )
    assert statuses["delete"] == 303
    assert statuses["edit"] in (303, 403, 409)
    assert "Removed by an instructor." in remover.get(address(discussion)).text


def test_set_up_saved_twice_at_once_is_one_and_a_conflict(site, cast, discussion):
    path = address(discussion, "settings")
    browsers = [site.browser(cast.ines) for _ in range(4)]
    forms = [values_of(b.form(path, path)) | {"title": f"Title {n}"} for n, b in enumerate(browsers)]
    statuses = []
    at_once(
        *(lambda b=b, f=f: statuses.append(b.send(path, data=f).status) for b, f in zip(browsers, forms, strict=True))
    )
    assert sorted(statuses) == [303, 409, 409, 409]


def test_class_released_by_two_at_once_is_released_once(site, cast, discussion):
    for student in cast.students:
        site.mark(discussion, student)
    path = address(discussion, "grading")
    browsers = [site.browser(who) for who in (cast.ines, cast.tariq)]
    token = {browser: browser.token(f"/courses/{cast.course_id}") for browser in browsers}
    answers = []
    at_once(*(lambda b=b: answers.append(b.send(f"{path}/release", data={"csrf_token": token[b]})) for b in browsers))
    assert [answer.status for answer in answers] == [303, 303]
    told = sorted(browser.get(path).page.one("p", class_="flash").text.split()[0] for browser in browsers)
    assert told == ["0", "3"]
    assert len(site.passbacks(discussion)) == 3


def test_first_marks_of_one_student_at_once_are_one_and_a_conflict(site, cast, discussion):
    path = address(discussion, "grading", cast.ana.person_id)
    browsers = [site.browser(who) for who in (cast.ines, cast.tariq, cast.ines)]
    forms = [marking(b, path) | {"comment": f"From {n}"} for n, b in enumerate(browsers)]
    statuses = []
    at_once(
        *(lambda b=b, f=f: statuses.append(b.send(path, data=f).status) for b, f in zip(browsers, forms, strict=True))
    )
    assert sorted(statuses) == [303, 409, 409]
