"""Readings from adding to deleting: labels that stay, references that follow the course's style, what is in use."""

import pytest

from lti_app.core.errors import Forbidden, NotFound
from lti_app.course.courses.actions import change_settings
from lti_app.course.courses.queries import get_settings
from lti_app.course.courses.rules import CitationStyle, CourseSettings, Library
from lti_app.library.bibliography.queries.leadership import list_leadership_readings
from lti_app.library.bibliography.rules.styles import reference_html
from lti_app.library.readings.actions.passages import find_or_add_passage, find_passages
from lti_app.library.readings.actions.records import add_readings, change_reading, delete_reading, store_reference
from lti_app.library.readings.errors import ReadingChanged, ReadingInUse
from lti_app.library.readings.models import Passage, Reading
from lti_app.library.readings.queries import get_passage, get_reading, list_readings, list_stale_references, list_works
from lti_app.library.readings.rules import PassagePlace, to_csl
from tests.factories.discussions import set_up
from tests.factories.posts import write
from tests.factories.readings import KOTTER
from tests.factories.readings import add_readings as add_both

KOTTER_CSL = to_csl(KOTTER)


@pytest.fixture
def kotter(session, cast, clock):
    return add_both(session, cast.ines, clock())[0]


def change(session, actor, reading_id, csl, version=1):
    return change_reading(session, actor, reading_id, csl, version=version, through_library=True)


def test_many_are_added_at_once_each_with_a_label_of_its_own(session, cast, clock):
    ids = add_readings(session, cast.ines, [KOTTER_CSL, KOTTER_CSL, *list_leadership_readings()], clock())
    lines = {line.id: line.label for line in list_readings(session, cast.ana)}
    assert [lines[each] for each in ids[:2]] == ["Kotter 1990", "Kotter 1990b"]
    assert len(set(lines.values())) == len(ids)
    works = set(list_works(session, cast.ines).values())
    assert len(works) == len(ids) - 2  # Kotter 1990 is one of the leadership readings too


def test_a_label_follows_the_record_until_somebody_cites_it(session, cast, kotter):
    labels = change(session, cast.ines, kotter, {**KOTTER_CSL, "issued": {"date-parts": [[2001]]}})
    assert (labels.before, labels.after) == ("Kotter 1990", "Kotter 2001")
    find_passages(session, [(kotter, "5")])
    labels = change(session, cast.ines, kotter, {**KOTTER_CSL, "issued": {"date-parts": [[1999]]}}, version=2)
    assert (labels.before, labels.after, labels.wanted) == ("Kotter 2001", "Kotter 2001", "Kotter 1999")
    reading = get_reading(session, cast.ana, kotter)
    assert (reading.label, reading.is_cited, "1999" in reading.reference_html) == ("Kotter 2001", True, True)


def test_a_change_of_what_somebody_else_has_changed_is_refused(session, cast, kotter):
    change(session, cast.ines, kotter, KOTTER_CSL)
    with pytest.raises(ReadingChanged):
        change(session, cast.ines, kotter, KOTTER_CSL)


def test_what_nobody_uses_can_be_deleted(session, cast, kotter):
    delete_reading(session, cast.ines, kotter)
    with pytest.raises(NotFound):
        get_reading(session, cast.ines, kotter)


def test_what_is_assigned_or_cited_stays(session, cast, clock, kotter):
    discussion = set_up(session, cast.ines, clock(), reading_ids=(kotter,))
    with pytest.raises(ReadingInUse):
        delete_reading(session, cast.ines, kotter)
    write(session, cast.ana, discussion, text="As [Kotter, p. 104] says.", now=clock())
    with pytest.raises(ReadingInUse):
        delete_reading(session, cast.ines, kotter)
    assert session.query(Passage).filter_by(reading_id=kotter).count() == 1
    assert get_reading(session, cast.ines, kotter).label == "Kotter 1990"


@pytest.mark.parametrize("who", ["tariq", "ana", "olga"])
def test_only_instructors_change_readings_and_settings(session, cast, clock, kotter, who):
    actor = getattr(cast, who)
    settings = CourseSettings(CitationStyle.APA, Library.NONE, "", "UTC")
    for forbidden in (
        lambda: add_readings(session, actor, [KOTTER_CSL], clock()),
        lambda: change(session, actor, kotter, KOTTER_CSL),
        lambda: delete_reading(session, actor, kotter),
        lambda: get_reading(session, actor, kotter, edit=True),
        lambda: list_works(session, actor),
        lambda: change_settings(session, actor, settings),
        lambda: get_settings(session, actor),
    ):
        with pytest.raises(Forbidden):
            forbidden()


def test_another_course_knows_nothing_of_it(session, cast, kotter):
    passage = find_or_add_passage(session, kotter, page="4")
    for unknown in (
        lambda: get_reading(session, cast.elsewhere, kotter),
        lambda: change(session, cast.elsewhere, kotter, KOTTER_CSL),
        lambda: delete_reading(session, cast.elsewhere, kotter),
        lambda: get_passage(session, cast.elsewhere, passage),
    ):
        with pytest.raises(NotFound):
            unknown()


def test_references_are_written_anew_in_the_style_of_the_course(session, cast, clock, kotter):
    elsewhere = add_readings(session, cast.elsewhere, [KOTTER_CSL], clock())[0]
    assert change_settings(session, cast.ines, CourseSettings(CitationStyle.HARVARD, Library.NONE, "", "UTC"))
    for stale in list_stale_references(session, after=0, limit=10):
        store_reference(session, stale, reference_html(stale.csl, stale.style))
    assert get_reading(session, cast.ana, kotter).reference_html.startswith("Kotter, J.P. (1990) ‘What")
    assert get_reading(session, cast.elsewhere, elsewhere).reference_html.startswith("Kotter, J. P. (1990). What")
    added = add_readings(session, cast.ines, [KOTTER_CSL], clock())[0]
    assert get_reading(session, cast.ana, added).reference_html.startswith("Kotter, J.P. (1990) ‘What")
    assert not change_settings(session, cast.ines, CourseSettings(CitationStyle.HARVARD, Library.NONE, "", "UTC"))


def test_the_address_leads_through_the_library_unless_the_reading_needs_none(session, cast, clock):
    proxy = "https://login.ezproxy.example.edu/login?url="
    change_settings(session, cast.ines, CourseSettings(CitationStyle.APA, Library.EZPROXY, proxy, "UTC"))
    open_, closed = (
        add_readings(session, cast.ines, [{"title": "T", "DOI": "10.1234/x"}], clock(), through_library=through)[0]
        for through in (False, True)
    )
    assert get_reading(session, cast.ana, open_).address == "https://doi.org/10.1234/x"
    assert get_reading(session, cast.ana, closed).address == f"{proxy}https://doi.org/10.1234/x"


def test_a_passage_is_one_by_all_that_describes_it(session, cast, kotter):
    def passage(**more):
        return find_or_add_passage(session, kotter, **{"page": "104", **more})

    first = passage(exact="coping with  change", prefix="is about ", suffix=".")
    assert passage(exact=" coping with change", prefix="is about", suffix=".") == first
    different = {passage(), passage(paragraph="3"), passage(exact="coping with change"), passage(page="")}
    assert first not in different
    assert len(different) == 4
    assert find_passages(session, [(kotter, "104"), (kotter, "")]).keys() == {(kotter, "104"), (kotter, "")}
    assert find_passages(session, [(kotter, "104")])[kotter, "104"] == passage()
    view = get_passage(session, cast.ana, first)
    assert (view.label, view.reading_id) == ("Kotter 1990", kotter)
    assert view.place == PassagePlace(page="104", exact="coping with change", prefix="is about", suffix=".")


def test_what_is_stored_is_clean(session, cast, clock):
    hostile = {"title": "a\0b\ud800", "author": "nobody", "URL": "javascript:alert(1)", "evil": {"x": 1}}
    (added,) = add_readings(session, cast.ines, [hostile], clock())
    stored = session.get_one(Reading, added)
    assert (stored.csl, stored.url) == ({"type": "document", "title": "ab"}, None)
