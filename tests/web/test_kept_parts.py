"""Parts that were rendered for somebody else look to each reader as if they had been rendered for them alone."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from jinja2 import Environment, UndefinedError, nodes
from sqlalchemy import update

from lti_app.core.recent import RecentlyUsed
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.models import Discussion
from lti_app.grading.rubrics.models import Criterion, Level
from lti_app.library.readings.actions.progress import mark_read, record_opening, record_position
from lti_app.web.kept_parts import SHELF, kept
from tests.factories.discussions import plan
from tests.web.site import address

TOKENS = re.compile(r'(value|data-token)="[^"]{60,}"')
LONG = "Argue from the readings and name the page that you argue from. " * 8
CALL = re.compile(r'kept\(((?:"[^"]+\.html"(?: if \w+ else )?)+)')
OF_A_MOMENT = {
    "relative",
    "due",
    "due_soon",
    "clock_time",
    "csrf_field",
    "csrf_token",
    "get_flashed_messages",
    "request",
    "session",
} | {
    *("g", "config", "actor_if_known", "kept"),
}
"""Filters and functions whose result no key of a part has."""


class NothingKept(RecentlyUsed):
    def get(self, key):
        return None


@pytest.fixture
def shelf(app):
    """The application's, empty before and after the test."""
    found = app.extensions[SHELF] = RecentlyUsed(100_000)
    yield found
    app.extensions[SHELF] = RecentlyUsed(100_000)


@pytest.fixture
def look(site, cast, shelf, with_readings):
    """What readers see of a discussion and of writing in it, which is compared with pages without kept parts."""
    post = site.write(cast.ana, with_readings)
    site.write(cast.ben, with_readings)
    with site.database.writing() as session:
        session.execute(update(Person).where(Person.id == cast.ben.person_id).values(time_zone="Asia/Tokyo"))
    here = address(with_readings)
    pages = ["", f"/posts/{post.id}/reply", f"/grading/{cast.ana.person_id}"]
    readers = (
        (cast.ana, "en", pages[:2]),
        (cast.ben, "en", pages[:2]),
        (cast.chi, "en", pages[:1]),
        (cast.ines, "en", pages),
        (cast.ines, "de", pages),
    )

    def seen(values):
        site.app.extensions[SHELF] = values
        answers = [
            client.get(here + page, headers={"Accept-Language": spoken})
            for who, spoken, each in readers
            for client in [site.browser(who).client]
            for page in each
        ]
        assert {answer.status_code for answer in answers} <= {200, 422}
        return [TOKENS.sub("", answer.text) for answer in answers if answer.status_code != 422]  # after the end

    def compared():
        alone = seen(NothingKept(0))
        for _ in range(2):
            assert seen(shelf) == alone
        return alone

    return compared


def test_whatever_changes_the_parts_are_those_of_now(site, cast, with_readings, shelf, look):
    pages = [look()]
    reading = with_readings.readings[0].id

    def changed(work, *values, **named):
        with site.database.writing() as session:
            work(session, *values, **named)
        pages.append(look())
        assert pages[-1] != pages[-2]

    def store(session, table, **values):
        session.execute(update(table).values(**values))

    def settings(session, version, **changes):
        ids = {"reading_ids": tuple(r.id for r in with_readings.readings), "required_ids": frozenset({reading})}
        wanted = plan(**{**ids, **changes})
        save_settings(session, cast.ines, with_readings.id, settings=wanted, version=version, now=site.clock())

    with site.read() as session:
        version = session.get_one(Discussion, with_readings.id).version
    changed(record_opening, cast.ana, reading, site.clock())
    changed(record_position, cast.ana, reading, page="71", paragraph="2", now=site.clock())
    changed(mark_read, cast.ana, reading, site.clock(), read=True)
    changed(settings, version, prompt=f"<b>{LONG}", first_post_words=5)
    changed(settings, version + 1, prompt=LONG, first_post_words=77)
    changed(settings, version + 2, prompt=LONG, first_post_words=77, calendar=later(with_readings.calendar))
    changed(store, Criterion, title="<i>Argument</i>")
    changed(store, Level, description="A & B")
    site.clock.now += timedelta(days=366)
    assert look() != pages[-1]
    assert shelf.taken > 0


def later(calendar):
    return type(calendar)(calendar.opens_at, *(each + timedelta(hours=1) for each in list(vars(calendar).values())[1:]))


def test_a_part_sees_nothing_but_what_it_is_told(app, shelf, with_readings):
    with app.test_request_context(), pytest.raises(UndefinedError):
        kept("discussion/discussions/_prompt.html", prompt_html="<p>Why?</p>", knows_prompt=False)
    assert shelf.taken == 0


def test_a_part_is_made_for_where_the_application_is_mounted(app, shelf, with_readings):
    told = {"readings": with_readings.readings, "course_id": 1, "discussion_id": 2}
    for root in ("", "/colloquy"):
        with app.test_request_context(environ_overrides={"SCRIPT_NAME": root}):
            for _ in range(2):
                part = kept("discussion/discussions/_readings.html", **told)
                assert f'href="{root}/courses/1/readings/' in part


def test_the_parts_that_are_kept_use_nothing_of_a_moment_or_of_one_reader(app):
    environment = app.jinja_env
    names = {name for template in environment.list_templates(["html"]) for name in parts_in(environment, template)}
    assert len(names) >= 4
    for name in names:
        assert not names_in(environment, name) & OF_A_MOMENT, name


def test_what_a_part_must_not_use_is_found_behind_macros(app):
    assert "due" in names_in(app.jinja_env, "discussion/discussions/_progress.html")
    assert "csrf_field" in names_in(app.jinja_env, "discussion/discussions/_links.html")


def parts_in(environment: Environment, template: str) -> Iterator[str]:
    """The names of the templates that a template keeps as parts."""
    for call in CALL.findall(source_of(environment, template)):
        yield from re.findall(r'"([^"]+)"', call)


def names_in(environment: Environment, template: str, macros: frozenset[str] | None = None) -> set[str]:
    """The filters and names that a template uses, itself or by what it includes and the macros that it calls."""
    tree = environment.parse(source_of(environment, template))
    bodies = [tree] if macros is None else reached(tree, macros)
    found = {node.name for body in bodies for node in body.find_all((nodes.Filter, nodes.Name))}
    for include in tree.find_all(nodes.Include) if macros is None else ():
        found |= names_in(environment, include.template.value)
    for imported in tree.find_all(nodes.FromImport):
        wanted = {name if isinstance(name, str) else name[0] for name in imported.names} & found
        if wanted:
            found |= names_in(environment, imported.template.value, frozenset(wanted))
    return found


def reached(tree: nodes.Template, names: frozenset[str]) -> list[nodes.Macro]:
    """The macros of these names, and those of the same template that they call."""
    macros = {macro.name: macro for macro in tree.find_all(nodes.Macro)}
    wanted, before = set(names), None
    while wanted != before:
        before = set(wanted)
        wanted |= {each.name for name in before & macros.keys() for each in macros[name].find_all(nodes.Name)}
    return [macros[name] for name in wanted & macros.keys()]


def source_of(environment: Environment, template: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, template)[0]
