"""Where pseudonyms stand for names, no page of the application tells a name to those from whom it is hidden."""

import re
from contextlib import suppress
from itertools import product

import pytest
from werkzeug.routing import BuildError

from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Anonymity, StanceQuestion
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.queries.gate import get_post
from lti_app.discussion.stances.actions import answer_stance
from tests.factories.discussions import PAID, plan
from tests.web.site import address

QUESTION = StanceQuestion("Are they different people?", "the same thing", "different kinds of people")
CLASS_LISTS = {
    "activity.course_table",
    "contact.file",
    "contact.show",
    "course_matrix.export",
    "course_matrix.show",
    "courses.progress",
    "extensions.manage",
    "groups.manage",
    "messages.compose",
}
"""Pages of all students by name, in the order of their names, which say nothing of any post."""
UNSEEN = {"static", "readings", "reader"}
"""Parts whose addresses name no person and no post."""


def hidden_names(*people):
    """Any part of these people's names, as a whole word."""
    words = {word for person in people for word in person.name.split()}
    return re.compile(rf"\b({'|'.join(sorted(words))})\b", re.IGNORECASE)


def known_as(site, discussion, person):
    """The person's pseudonym."""
    with site.read() as session:
        return get_discussion(session, person, discussion.id, now=site.clock()).own_pseudonym


def ids_of(*people):
    """Any mark of a page or an answer to a script that carries one of these people's ids."""
    ids = "|".join(str(person.person_id) for person in people)
    return re.compile(rf"""data-(?:id|person|author)="(?:{ids})"|"(?:id|person_id|author_id)":\s*"?(?:{ids})\b""")


@pytest.fixture
def busy(site, cast):
    """A discussion in which everybody writes, answers, edits, deletes, is graded and takes a stance."""

    def make(anonymity):
        readings = site.readings()
        made = site.discussion(
            anonymity=anonymity, reading_ids=readings, required_ids=frozenset(readings), stance=QUESTION, **PAID
        )
        firsts = {actor: site.write(actor, made, "As [Kotter, p. 104] says, it differs.") for actor in cast.students}
        for author, other in product(cast.students, cast.students):
            if author is not other:
                site.write(author, made, to=firsts[other])
        site.write(cast.chi, made, f"It differs, as @{known_as(site, made, cast.ben)} says.", to=firsts[cast.ana])
        gone = site.write(cast.ben, made, "A post that is regretted.")
        site.write(cast.ines, made, to=firsts[cast.ben])
        browser = site.browser(cast.ben)
        path = address(made, "posts", gone.id, "delete")
        assert browser.post_form(path, path).status == 303
        path = address(made, "posts", firsts[cast.chi].id, "edit")
        assert (
            site.browser(cast.chi).post_form(path, path, text="It differs less, says [Kotter, p. 105].").status == 303
        )
        site.mark(made, cast.ben)
        with site.database.writing() as session:
            for actor in cast.students:
                mine = get_discussion(session, actor, made.id, now=site.clock())
                answer_stance(session, actor, mine, 3, again=False, now=site.clock())
            for actor in (cast.ben, cast.chi):
                mine = get_discussion(session, actor, made.id, now=site.clock())
                moved_by = firsts[cast.ana].address
                answer_stance(session, actor, mine, 6, again=True, moved_by=moved_by, now=site.clock())
        return made

    return make


def addresses(site, cast, discussion, *, unseen=UNSEEN, **more):
    """Every address that can be opened, with all that it can be about; `more` says what else there is, by kind."""
    with site.read() as session:
        seen = get_discussion(session, cast.ana, discussion.id, now=site.clock())
        numbers = range(1, seen.post_count + 1)
        posts = [get_post(session, cast.ines, discussion, number, need=PostPermission.READ) for number in numbers]
    known = {
        "course_id": [cast.course_id],
        "discussion_id": [discussion.id],
        "post_id": [post.id for post in posts],
        "person_id": [actor.person_id for actor in (*cast.students, cast.ines)],
        "pseudonym_id": [1, 2, 3],
        "address": [post.address for post in posts],
        "kind": ["unread", "own", "csv", "json", "html", "pdf"],
        "table": ["posts", "network", "hours", "readings", "passages", "positions", "spread"],
        "extension": ["csv", "json", "html", "pdf"],
        "format": ["csv", "json", "html", "pdf"],
        "group_id": [1],
        **more,
    }
    build = site.app.url_map.bind("localhost").build
    for rule in site.app.url_map.iter_rules():
        part = rule.endpoint.partition(".")[0]
        if "GET" not in rule.methods or part in unseen or rule.arguments - known.keys():
            continue
        for values in product(*(known[name] for name in sorted(rule.arguments))):
            with suppress(ValueError, BuildError):  # "csv" is no kind of jump
                yield rule.endpoint, build(rule.endpoint, dict(zip(sorted(rule.arguments), values, strict=True)))
    here = address(discussion)
    for query in ("?at=2.1", "?sort=newest", "?sort=replied", "?at=3#p3", "?at=99"):
        yield "discussions.show", here + query
    for query in ("differs", "Ben", "Carter", "Chi"):
        yield "search.show", f"/courses/{cast.course_id}/search?in={discussion.id}&q={query}"
    yield "posts.people", f"{here}/posts/people?q="
    for scope, kind in product(("readable", "public"), ("html", "csv", "json")):
        yield "exchange.export_file", f"{here}/export/file?scope={scope}&kind={kind}"
    for person in cast.students:
        yield "exchange.export_file", f"{here}/export/file?scope=one&kind=csv&person={person.person_id}"


def leaks(site, cast, reader, discussion, names, *, but=frozenset()):
    """Where one of these names is told to this reader."""
    browser, found, opened = site.browser(reader), [], 0
    for endpoint, path in addresses(site, cast, discussion):
        answer = browser.client.get(path, base_url="https://localhost")
        assert answer.status_code < 500, path
        opened += answer.status_code == 200
        if endpoint in but:
            continue
        told = answer.get_data(as_text=False).decode("utf-8", "replace") + answer.headers.get("Location", "")
        if "q=" in path:
            told = told.replace(path.partition("q=")[2], "")  # the reader's own word
        if (
            endpoint in ("search.person", "term.show", "participation_record.show")
            and f"/people/{reader.person_id}/" not in path
        ):
            told = "" if "differs" not in told else f"Ben {told}"
        if match := names.search(told):
            found.append((endpoint, path, told[max(0, match.start() - 120) : match.end() + 60]))
    assert opened > 30
    return found


@pytest.mark.parametrize("anonymity", [Anonymity.PEERS, Anonymity.BLIND])
def test_no_classmate_is_named_to_a_student(site, cast, busy, anonymity):
    discussion = busy(anonymity)
    assert not leaks(site, cast, cast.ana, discussion, hidden_names(cast.ben, cast.chi))


def test_no_id_tells_a_student_who_is_behind_a_pseudonym(site, cast, busy):
    discussion = busy(Anonymity.PEERS)
    assert "@" + known_as(site, discussion, cast.ben) in site.browser(cast.ana).get(address(discussion)).text
    classmates = ids_of(cast.ben, cast.chi)
    assert classmates.search(f'"id": {cast.ben.person_id}, ')
    found = leaks(site, cast, cast.ana, discussion, classmates)
    assert not [place for place in found if place[0] != "search.person"]


def test_blind_staff_take_out_one_students_posts_without_learning_whose(site, cast, busy):
    discussion = busy(Anonymity.BLIND)
    browser, path = site.browser(cast.ines), address(discussion, "export")
    options = browser.get(path).page.one("select", id="person").all("option")
    masks = {known_as(site, discussion, actor) for actor in cast.students}
    assert {option.text for option in options} == masks
    assert {option.attrs["value"] for option in options}.isdisjoint(f"{one.person_id}" for one in cast.students)
    taken = browser.get(f"{path}/file?scope=one&kind=csv&person={options[0].attrs['value']}").html
    assert options[0].text in taken
    for person in (cast.ana.person_id, "b999", "bb", "b-1"):
        assert browser.get(f"{path}/file?scope=one&kind=csv&person={person}").status == 404
    assert site.browser(cast.ana).get(f"{path}/file?scope=one&kind=csv&person=b1").status == 403


@pytest.mark.parametrize("who", ["ines", "tariq"])
def test_no_student_is_named_to_blind_staff(site, cast, busy, who):
    discussion = busy(Anonymity.BLIND)
    assert not leaks(site, cast, getattr(cast, who), discussion, hidden_names(*cast.students), but=CLASS_LISTS)


def test_staff_see_names_where_only_classmates_do_not(site, cast, busy):
    discussion = busy(Anonymity.PEERS)
    shown = site.browser(cast.ines).get(address(discussion)).text
    assert "Ben Carter" in shown
    assert "Chi Nguyen" in site.browser(cast.ines).get(address(discussion, "grading")).text


def test_a_post_written_under_other_terms_comes_back_with_its_text(site, cast):
    made = site.discussion(anonymity=Anonymity.PEERS, post_first=False)
    browser, posts = site.browser(cast.ana), address(made, "posts")
    form = browser.form(posts, address(made))
    (terms,) = (field.attrs["value"] for field in form.all("input") if field.attrs.get("name") == "shown_anonymity")
    with site.database.writing() as session:
        named = plan(anonymity=Anonymity.NAMED, post_first=False)
        save_settings(session, cast.ines, made.id, settings=named, version=1, now=site.clock())
    answer = browser.post(posts, text="Only behind a mask.", shown_anonymity=terms)
    assert answer.status == 422
    assert "Only behind a mask." in answer.kept
    assert "This discussion now shows names" in answer.text
    assert "Only behind" not in site.browser(cast.ines).get(address(made)).text
    assert browser.post(posts, text="Only behind a mask.", shown_anonymity="named").status == 303
    assert browser.post(posts, text="With no word about it.", shown_anonymity="nonsense").status == 303
