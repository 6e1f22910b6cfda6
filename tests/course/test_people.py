"""People as platforms name them."""

from lti_app.course.people.actions import record_person, record_time_zone
from lti_app.course.people.models import Person
from lti_app.course.people.rules import Identity, Names
from tests.cast import CLIENT_ID, ISSUER


def record(session, clock, sub="s-1", issuer=ISSUER, client_id=CLIENT_ID, **names):
    return session.get_one(
        Person,
        record_person(session, Identity(issuer, client_id, sub), Names(**names), clock()),
        populate_existing=True,
    )


def test_a_person_is_found_again_by_issuer_and_subject(session, clock):
    first = record(session, clock, name="Ana Brandt").id
    assert record(session, clock, name="Ana Brandt").id == first
    assert record(session, clock, sub="s-2").id != first
    assert record(session, clock, issuer="https://other.example").id != first
    assert record(session, clock, sub="S-1").id != first  # subjects are case-sensitive


def test_what_a_platform_sends_replaces_what_it_sent_before(session, clock):
    record(session, clock, name="Ana B.", email="old@example.edu", locale="de")
    person = record(session, clock, name="Ana Brandt", family="Brandt", email="ana@example.edu", locale="en-GB")
    assert (person.name, person.sort_name) == ("Ana Brandt", "brandt, ana brandt")
    assert (person.email, person.locale) == ("ana@example.edu", "en-GB")


def test_what_a_platform_withholds_stays_as_it_was(session, clock):
    record(session, clock, name="Ana Brandt", email="ana@example.edu", locale="de")
    person = record(session, clock)
    assert (person.name, person.email, person.locale) == ("Ana Brandt", "ana@example.edu", "de")


def test_a_person_without_a_name_has_none(session, clock):
    person = record(session, clock)
    assert (person.name, person.sort_name, person.email) == ("", "", None)


def test_hostile_names_are_stored(session, clock):
    person = record(session, clock, name="Ana\0 \ud800<script>\u202e", family="\0")
    assert person.name == "Ana <script>"


def test_a_name_does_not_cover_its_neighbours(session, clock):
    mark = "\u0316"
    person = record(session, clock, name=f"Z{mark * 60}algo Nguy\u1ec5n")
    assert person.name == f"Z{mark * 4}algo Nguy\u1ec5n"


def test_a_browser_tells_the_time_zone(session, clock):
    person = record(session, clock)
    assert record_time_zone(session, person.id, "America/Bogota")
    assert not record_time_zone(session, person.id, "Mars/Phobos")
    session.expire(person)
    assert person.time_zone == "America/Bogota"
