"""Pictures of what happened in a discussion or a course, each with its table."""

import json
from datetime import date

from babel import Locale
from babel.dates import format_date, get_day_names
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.actions.pseudonyms import name_everybody
from lti_app.discussion.discussions.queries.course import list_discussions
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.participation.activity.queries.pictures import ActivityPictures, get_pictures
from lti_app.participation.activity.rules.network import NetworkStop, ReplyNetwork
from lti_app.web.moments import language_of, name_of_zone
from lti_app.web.participation.picture_tables import TABLES, picture_table, week_of
from lti_app.web.participation.tables import table_file
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("activity", __name__, url_prefix="/courses/<int:course_id>")


@blueprint.get("/participation/activity")
def course() -> ResponseReturnValue:
    """What happened in all discussions of the course."""
    actor = get_visitor()
    require(actor, DiscussionPermission.GRADE)
    return _page(actor, None)


@blueprint.get("/discussions/<int:discussion_id>/activity")
def discussion(discussion_id: int) -> ResponseReturnValue:
    """What happened in one discussion."""
    actor, need = get_visitor(), DiscussionPermission.GRADE
    return _page(actor, get_discussion(read_session(), actor, discussion_id, need=need, now=now(), bare=True))


@blueprint.get(f"/participation/activity/<any({', '.join(TABLES)}):table>")
def course_table(table: str) -> ResponseReturnValue:
    """A table of the course as a file."""
    actor = get_visitor()
    require(actor, DiscussionPermission.GRADE)
    return _file(actor, None, table)


@blueprint.get(f"/discussions/<int:discussion_id>/activity/<any({', '.join(TABLES)}):table>")
def discussion_table(discussion_id: int, table: str) -> ResponseReturnValue:
    """A table of one discussion as a file."""
    actor, need = get_visitor(), DiscussionPermission.GRADE
    here = get_discussion(read_session(), actor, discussion_id, need=need, now=now(), bare=True)
    return _file(actor, here, table)


def _file(actor: Actor, here: DiscussionView | None, table: str) -> ResponseReturnValue:
    pictures = _pictures(actor, here)
    made = picture_table(table, pictures, of_course=here is None)
    title = (here.title if here else actor.course_title) or _("Your course")
    return table_file(made, f"{made.title}, {title}")


def _page(actor: Actor, here: DiscussionView | None) -> str:
    pictures = _pictures(actor, here)
    locale = get_locale() or Locale("en")
    return render_template(
        "participation/activity.html",
        discussion=here,
        discussions=[line for line in list_discussions(read_session(), actor, now()) if line.state.has_begun],
        pictures=pictures,
        network_data=_network_data(pictures.network),
        week=week_of(pictures),
        day_names=get_day_names("wide", locale=locale),
        day_words=_day_words,
        zone_words=name_of_zone(pictures.zone.key, language_of(locale)),
        here=url_for(".discussion", discussion_id=here.id) if here else url_for(".course"),
    )


def _pictures(actor: Actor, here: DiscussionView | None) -> ActivityPictures:
    """The pictures. Students without a pseudonym in a discussion with hidden names get one first."""
    until = _until()
    pictures = get_pictures(read_session(), actor, now(), discussion=here, until=until)
    if here is not None and pictures.is_nameless:
        with writing() as session:
            name_everybody(session, actor, here)
        pictures = get_pictures(read_session(), actor, now(), discussion=here, until=until)
    return pictures


def _until() -> date | None:
    """The last day that the network counts, from the address; None for all days, and for what is no date."""
    try:
        return date.fromisoformat(request.args.get("until", ""))
    except ValueError:
        return None


def _day_words(day: date) -> str:
    """Nov 25, 2026, as the language writes it."""
    return format_date(day, "medium", locale=get_locale() or Locale("en"))


def _network_data(network: ReplyNetwork) -> str:
    """What the script needs besides the table: replies by day, and the state at each stop of the slider."""
    if network.begins is None:
        return ""
    begins = network.begins
    stops = [
        {
            "date": stop.day.isoformat(),
            "day": (stop.day - begins).days,
            "kinds": stop.kinds,
            "words": _stop_words(stop),
        }
        for stop in network.stops
    ]
    at = max((nth for nth, stop in enumerate(network.stops) if network.until and stop.day <= network.until), default=0)
    links = [[link.source, link.target, list(link.days)] for link in network.links]
    return json.dumps({"stop": at, "stops": stops, "links": links}, separators=(",", ":"))


def _stop_words(stop: NetworkStop) -> str:
    replies = ngettext("%(num)d reply", "%(num)d replies", stop.replies)
    isolated = ngettext("%(num)d student without replies", "%(num)d students without replies", stop.isolated)
    return str(
        _("Until %(day)s: %(replies)s, %(isolated)s", day=_day_words(stop.day), replies=replies, isolated=isolated)
    )
