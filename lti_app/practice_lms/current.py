"""Which LMS and which person a request is about."""

from typing import cast

from flask import current_app, session

from lti_app.practice_lms.course import Person
from lti_app.practice_lms.lms import PracticeLms

EXTENSION = "practice_lms"


def current_lms() -> PracticeLms:
    """Return the practice LMS that serves this request."""
    return cast(PracticeLms, current_app.extensions[EXTENSION])


def current_person() -> Person:
    """Return who the visitor plays; the first person of the course until another one is chosen."""
    course = current_lms().course
    return course.person(session.get("person", "")) or course.people[0]


def play(person: Person) -> None:
    """Let the visitor be ``person`` from now on."""
    session["person"] = person.id
