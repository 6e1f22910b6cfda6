"""What if the dates of a discussion were others: the form, the preview, and applying just what was shown."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lti_app.discussion.discussions.actions.extensions import extend
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Calendar
from lti_app.participation.progress.queries import collect_class_verdicts
from lti_app.participation.requirements.registry import to_own_terms
from lti_app.participation.versions.queries import list_versions
from tests.factories.discussions import WEEK
from tests.races import at_once
from tests.web.participation.test_what_if import apply, fields_of, preview, tables
from tests.web.questions import costs, refused

BERLIN = ZoneInfo("Europe/Berlin")


def what_if(discussion):
    return f"/courses/{discussion.course_id}/participation/what-if"


@pytest.fixture
def path(discussion):
    return what_if(discussion)


@pytest.fixture
def lived(site, cast, discussion):
    """First posts were due on Thursday: Ana wrote the day before, Ben the day after. Now it is Saturday."""
    site.clock.now = WEEK.first_post_due - timedelta(days=1)
    site.write(cast.ana, discussion)
    site.clock.now = WEEK.first_post_due + timedelta(days=1)
    site.write(cast.ben, discussion)
    site.clock.now += timedelta(days=1)
    return site.browser(cast.ines)


def typed(moment):
    return moment.astimezone(BERLIN).strftime("%Y-%m-%dT%H:%M")


def chosen(path, discussion):
    return f"{path}?discussion={discussion.id}"


def ask(browser, path, discussion, **fields):
    return browser.post_form(path, chosen(path, discussion), **{"do": "preview", **fields})


def now_of(site, discussion):
    with site.read() as session:
        return get_discussion(session, site.cast.ines, discussion.id, now=site.clock())


def test_the_dates_of_the_chosen_discussion_are_in_the_form(lived, path, discussion):
    fields = fields_of(lived.get(chosen(path, discussion)))
    assert fields["time_zone"] == "Europe/Berlin"
    assert fields["first_post_due"] == typed(WEEK.first_post_due)
    assert (fields["opens_at"], fields["closes_at"]) == ("", typed(WEEK.closes_at))
    assert fields["dates_of"] == f"{discussion.id}-1"
    assert "first_post_due" not in fields_of(lived.get(path))


def test_a_later_date_makes_late_posts_punctual(lived, path, discussion):
    answer = ask(lived, path, discussion, first_post_due=typed(WEEK.first_post_due + timedelta(days=2)))
    assert answer.status == 200
    tallies, students = tables(answer.page)
    assert students[0] == ["Ben Carter", "in progress", "in progress", "First post, 7 of 5 words"]
    assert students[1] == ["Chi Nguyen", "something missing", "nothing yet", "First post of at least 5 words"]
    assert tallies == [["First post", "1 → 2", "1 → 0", "1 → 0", "0 → 1", "0"]]
    assert "First post due" in answer.page.one("section", class_="effects").text


def test_an_earlier_date_makes_punctual_posts_late(site, lived, path, discussion):
    answer = ask(lived, path, discussion, first_post_due=typed(WEEK.first_post_due - timedelta(days=2)))
    tallies, (student,) = tables(answer.page)
    assert tallies == [["First post", "1 → 0", "1 → 2", "1", "0", "0"]]
    assert student[0] == "Ana Brandt"
    assert student[3].endswith("late")
    assert now_of(site, discussion).class_calendar == WEEK


def test_who_would_be_missing_something_is_counted_and_named(site, lived, path, discussion):
    answer = ask(lived, path, discussion, replies_due=typed(site.clock() - timedelta(hours=1)))
    tallies, students = tables(answer.page)
    assert tallies == [["Replies", "0", "0", "0 → 3", "3 → 0", "0"]]
    assert [line[:3] for line in students] == [
        ["Ana Brandt", "in progress", "something missing"],
        ["Ben Carter", "in progress", "something missing"],
        ["Chi Nguyen", "something missing", "missing: no posts"],
    ]


def test_a_date_that_is_emptied_is_none(lived, path, discussion):
    answer = ask(lived, path, discussion, first_post_due="")
    assert "no date" in answer.text
    assert [line[0] for line in tables(answer.page)[1]] == ["Ben Carter", "Chi Nguyen"]


def test_what_was_shown_happens_and_nothing_else(site, cast, lived, path, discussion):
    before = now_of(site, discussion)
    later = WEEK.first_post_due + timedelta(days=2)
    answer = ask(lived, path, discussion, first_post_due=typed(later), first_post_words="4")
    assert tables(answer.page)[0] == [["First post", "1 → 2", "1 → 0", "1 → 0", "0 → 1", "0"]]
    answer = apply(lived, path, answer)
    assert answer.status == 303
    assert "The dates and the rule of this discussion are changed." in lived.get(answer.location).text
    after = now_of(site, discussion)
    due = later.replace(second=59, microsecond=999_999)
    assert after.class_calendar == Calendar(None, due, WEEK.replies_due, WEEK.closes_at)
    assert (after.version, after.title, after.prompt, after.points) == (2, before.title, before.prompt, before.points)
    assert (after.post_first, after.readings, after.structure) == (before.post_first, before.readings, before.structure)
    with site.read() as session:
        newest = list_versions(session, cast.ines, after)[0]
        verdict_of = collect_class_verdicts(session, cast.ines, after, now=site.clock())
        found = [verdict_of(each.person_id).requirements[0].standing for each in (cast.ana, cast.ben, cast.chi)]
    assert newest.number == after.rule_version
    assert [each.value for each in found] == ["met", "met", "open"]


def test_extensions_stay_and_the_later_date_counts(site, cast, lived, path, discussion):
    with site.database.writing() as session:
        own = Calendar(first_post_due=WEEK.first_post_due + timedelta(days=2))
        here = get_discussion(session, cast.ines, discussion.id, now=site.clock())
        extend(session, cast.ines, here, person_id=cast.chi.person_id, dates=own, note="", now=site.clock())
    earlier = ask(lived, path, discussion, first_post_due=typed(WEEK.first_post_due - timedelta(days=2)))
    assert [line[0] for line in tables(earlier.page)[1]] == ["Ana Brandt"]
    later = ask(lived, path, discussion, first_post_due=typed(WEEK.first_post_due + timedelta(days=1, hours=1)))
    assert [line[0] for line in tables(later.page)[1]] == ["Ben Carter"]
    apply(lived, path, later)
    with site.read() as session:
        assert get_discussion(session, cast.chi, discussion.id, now=site.clock()).calendar.first_post_due == (
            own.first_post_due
        )


def test_the_own_date_of_a_requirement(site, cast, lived, path, discussion):
    due = WEEK.first_post_due + timedelta(days=1)
    answer = ask(lived, path, discussion, days_wanted="2", days_due=typed(due))
    assert answer.status == 200
    assert apply(lived, path, answer).status == 303
    own = to_own_terms(now_of(site, discussion).requirements)
    assert own["days"].due == due.replace(second=59, microsecond=999_999)
    fields = fields_of(lived.get(chosen(path, discussion)))
    assert fields["days_due"] == typed(due)
    answer = ask(lived, path, discussion, days_due="")
    apply(lived, path, answer)
    assert to_own_terms(now_of(site, discussion).requirements)["days"].due is None


def test_closing_earlier_is_shown_and_applied(site, lived, path, discussion):
    answer = ask(lived, path, discussion, closes_at=typed(WEEK.closes_at - timedelta(hours=1)))
    assert "Closes" in answer.page.one("section", class_="effects").text
    assert "No difference for any student now." in answer.text
    answer = apply(lived, path, answer)
    assert "Dates changed." in lived.get(answer.location).text
    assert now_of(site, discussion).class_calendar.closes_at < WEEK.closes_at


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"first_post_due": typed(WEEK.closes_at)}, "This is before “First post due”. Choose a later date."),
        ({"opens_at": typed(WEEK.closes_at)}, "This is before “Opens”."),
        ({"first_post_due": "soon"}, "Not a valid datetime value."),
        ({"replies_due": "1999-12-31T23:59"}, "Choose a year between 2000 and 2100."),
        ({"days_due": "9999-12-31T23:59"}, "Choose a year between 2000 and 2100."),
        ({"time_zone": "Mars/Phobos"}, "Not a valid choice."),
    ],
    ids=str,
)
def test_dates_that_cannot_be_are_refused_and_stay_as_typed(site, lived, discussion, fields, told):
    path = what_if(discussion)
    answer = ask(lived, path, discussion, **fields)
    assert answer.status == 422
    assert told in answer.text
    assert not answer.page.all("section", class_="effects")
    ((name, value),) = fields.items()
    if name != "time_zone":
        assert fields_of(answer)[name] == value
    assert ask(lived, path, discussion, do="apply", seen=f"{discussion.id}-1", **fields).status == 422
    assert now_of(site, discussion).class_calendar == WEEK


@pytest.mark.parametrize(
    "case",
    [
        ("2026-03-29T02:30", "02:30 does not exist on that day", "2026-03-29T03:30:59.999999+02:00"),
        ("2026-10-25T02:30", "02:30 exists twice on that day", "2026-10-25T02:30:59.999999+01:00"),
    ],
    ids=["missing", "twice"],
)
def test_changes_of_the_clocks_are_told_as_in_the_settings(site, lived, discussion, case):
    path, (typed_in, told, used) = what_if(discussion), case
    answer = ask(lived, path, discussion, closes_at=typed_in)
    assert told in answer.page.one("section", class_="effects").text
    answer = apply(lived, path, answer)
    assert told in lived.get(answer.location).text
    assert now_of(site, discussion).class_calendar.closes_at == datetime.fromisoformat(used)
    assert "every field is empty, or as it is now" in ask(lived, path, discussion).text


def test_a_date_in_another_zone(site, lived, path, discussion):
    answer = ask(lived, path, discussion, time_zone="America/Bogota")  # the same hours, six later
    apply(lived, path, answer)
    moved = now_of(site, discussion).class_calendar.first_post_due
    assert moved.replace(second=0, microsecond=0) == WEEK.first_post_due + timedelta(hours=6)


def test_dates_as_they_are_are_no_change(lived, path, discussion):
    answer = ask(lived, path, discussion)
    assert "every field is empty, or as it is now" in answer.text
    answer = ask(lived, path, discussion, first_post_words="4")
    assert "First post due" not in answer.page.one("section", class_="effects").text


def test_the_dates_of_another_discussion_are_not_taken(site, lived, path, discussion):
    other = site.discussion(title="Week 4", calendar=Calendar(replies_due=WEEK.replies_due))
    moved = typed(WEEK.first_post_due + timedelta(days=1))
    fields = {"discussion": f"{other.id}", "first_post_due": moved}
    answer = lived.post_form(path, chosen(path, discussion), do="preview", first_post_words="4", **fields)
    assert (fields_of(answer)["first_post_due"], fields_of(answer)["dates_of"]) == ("", f"{other.id}-1")
    apply(lived, path, answer)
    assert now_of(site, other).class_calendar == Calendar(replies_due=WEEK.replies_due)
    answer = lived.post_form(path, chosen(path, discussion), do="choose", first_post_words="4", **fields)
    assert (fields_of(answer)["first_post_due"], fields_of(answer)["first_post_words"]) == ("", "4")
    assert not answer.page.all("section", class_="effects")


def test_for_all_discussions_there_are_no_dates(site, lived, path, discussion):
    other = site.discussion(title="Week 4")
    moved = {"first_post_due": typed(WEEK.first_post_due + timedelta(days=1)), "time_zone": "UTC"}
    page = preview(lived, path, first_post_words="4")
    answer = lived.post(path, **fields_of(page), **moved)
    apply(lived, path, answer, **moved)
    assert [now_of(site, each).class_calendar for each in (discussion, other)] == [WEEK, WEEK]
    assert [now_of(site, each).version for each in (discussion, other)] == [2, 2]


def test_only_what_was_shown_is_applied(site, lived, path, discussion):
    answer = ask(lived, path, discussion, first_post_due=typed(WEEK.first_post_due + timedelta(days=1)))
    for changed in (
        {"first_post_due": typed(WEEK.first_post_due + timedelta(days=2))},
        {"first_post_words": "3"},
        {"shown": "0" * 32},
    ):
        again = apply(lived, path, answer, **changed)
        assert (again.status, "Not applied: the fields are not those of the preview" in again.text) == (200, True)
    assert now_of(site, discussion).version == 1
    assert apply(lived, path, again).status == 303


def test_dates_that_somebody_else_has_changed_meanwhile_are_not_overwritten_unseen(site, cast, lived, path, discussion):
    other, where = site.browser(cast.ines), chosen(path, discussion)
    mine = fields_of(lived.get(where)) | {"first_post_due": typed(WEEK.first_post_due + timedelta(days=1))}
    theirs = ask(other, path, discussion, closes_at=typed(WEEK.closes_at + timedelta(days=1)))
    assert apply(other, path, theirs).status == 303
    answer = lived.post(path, **mine, do="preview")
    assert answer.status == 409
    assert "another instructor has changed the settings" in answer.text
    assert "Closes" in answer.page.one("section", class_="effects").text  # that it would go back
    assert apply(lived, path, answer).status == 303
    assert now_of(site, discussion).version == 3


def test_of_two_who_apply_at_once_one_is_told(site, cast, lived, path, discussion):
    def change(days):
        browser = site.browser(cast.ines)
        answer = ask(browser, path, discussion, first_post_due=typed(WEEK.first_post_due + timedelta(days=days)))
        return lambda: apply(browser, path, answer).status

    assert sorted(at_once([change(1), change(2)])) == [303, 409]
    assert now_of(site, discussion).version == 2


def test_others_neither_see_nor_change_dates(site, cast, lived, path, discussion):
    answer = ask(lived, path, discussion, first_post_due="")
    for who in (cast.ana, cast.olga, cast.tariq):
        refused(site.browser(who).get(chosen(path, discussion)), 403)
        browser = site.browser(who)
        refused(apply(browser, path, answer, csrf_token=browser.token(f"/courses/{cast.course_id}")), 403)
    refused(lived.send(path, data={**fields_of(answer), "csrf_token": "", "do": "apply"}), 401)
    assert now_of(site, discussion).class_calendar == WEEK


def test_dates_cost_no_statement_more(site, lived, path, discussion):
    fields = fields_of(lived.get(chosen(path, discussion))) | {"do": "preview", "first_post_words": "9"}
    few = costs(site, lambda: lived.send(path, data=fields))
    fields["first_post_due"] = typed(WEEK.first_post_due + timedelta(days=1))
    assert costs(site, lambda: lived.send(path, data=fields)) == few <= 7
