"""Class lists that could not be read: what staff are told, and the way to try again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask import Blueprint, Flask, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_app.library.readings.access import require_staff
from lti_app.web.forms.fields import ConfirmForm
from lti_app.web.session import current_actor, get_visitor
from lti_app.web.transactions import read_session

CLASS_LISTS = "colloquy.class_lists"

blueprint = Blueprint("class_lists", __name__, url_prefix="/courses/<int:course_id>/class-list")


@dataclass(frozen=True)
class ClassListFault:
    """A class list of an LMS that the course lacks."""

    host: str
    code: str
    """Why: `no_address`, or a code of the services' errors."""
    is_incomplete: bool
    """Whether a part of it came."""
    read_at: datetime | None
    """When it was read last."""


class ClassLists(Protocol):
    """What the LTI edge knows of a course's class lists."""

    def list_faults(self, session: Session, course_id: int) -> list[ClassListFault]:
        """Those that could not be read. One statement."""

    def read_again(self, course_id: int) -> None:
        """Have them fetched now. Never raises for a reason that lies in the LMS."""


def init_class_lists(app: Flask, class_lists: ClassLists) -> None:
    """Let templates show the faults."""
    app.extensions[CLASS_LISTS] = class_lists
    app.jinja_env.globals["class_list_faults"] = class_list_faults


def class_list_faults() -> list[ClassListFault]:
    """Those of the actor's course, for its staff; others are not told."""
    actor = current_actor()
    return _class_lists().list_faults(read_session(), actor.course_id) if actor and actor.is_staff else []


@blueprint.post("")
def read_again() -> ResponseReturnValue:
    """Try again."""
    actor = get_visitor()
    require_staff(actor)
    if ConfirmForm().validate():
        _class_lists().read_again(actor.course_id)
        flash(_("The class list is being read. Reload the page in a few seconds."))
    return redirect(url_for("courses.home"), 303)


def _class_lists() -> ClassLists:
    class_lists: ClassLists = current_app.extensions[CLASS_LISTS]
    return class_lists
