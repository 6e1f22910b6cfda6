"""One student's participation over the term as a PDF, with every verdict and the posts that it was counted from."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from lti_app.core.bounded import AllPlacesTaken
from lti_app.core.prose import cut
from lti_app.core.resources import resource
from lti_app.course.courses.rules import Actor
from lti_app.exchange.exporting.rules.data import for_elsewhere
from lti_app.exchange.exporting.rules.pdf import (
    TypesettingFailed,
    TypesettingLimit,
    nodes_of,
    runs_leftward,
    typeset,
)
from lti_app.grading.assessments.queries.term import StudentTerm, TermLine, get_term
from lti_app.participation.matrix.queries.record import CountedPost, collect_counted_posts
from lti_app.participation.matrix.rules.states import state_of
from lti_app.participation.requirements.base import Verdict
from lti_app.participation.requirements.evaluation import Verdicts
from lti_app.web.headers import LOCKED_UP, name_file
from lti_app.web.participation.tables import state_words
from lti_app.web.session import get_visitor
from lti_app.web.templating import moment_to_keep, points, rounded_points, say, zone_name
from lti_app.web.transactions import end_reading, now, read_session

blueprint = Blueprint("participation_record", __name__, url_prefix="/courses/<int:course_id>")

PRINT_FONTS = "print-fonts"


@blueprint.get("/people/<int:person_id>/participation.pdf")
def show(person_id: int) -> ResponseReturnValue:
    """The record, for the student and for graders."""
    actor = get_visitor()
    term = get_term(read_session(), actor, person_id, now())
    verdicts = {line.discussion.id: line.verdicts for line in term.lines if line.verdicts}
    posts = collect_counted_posts(read_session(), actor, person_id, verdicts)
    content = _content(actor, term, posts)
    end_reading()
    try:
        made = _typeset(content)
    except (TypesettingLimit, TypesettingFailed, AllPlacesTaken) as reason:
        flash(_no_record(reason), "warning")
        return redirect(url_for("term.show", person_id=person_id), 303)
    response = Response(made, content_type="application/pdf")
    response.headers["Content-Security-Policy"] = LOCKED_UP
    name_file(response, "attachment", f"{cut(content['title'], 80)} {now():%Y-%m-%d}.pdf")
    return response


def _no_record(reason: TypesettingLimit | TypesettingFailed | AllPlacesTaken) -> str:
    if isinstance(reason, AllPlacesTaken):
        return _("Other files are being made or read right now. Try again in a minute.")
    return _("A PDF cannot show this record. Print this page instead.")


def _typeset(content: dict[str, Any]) -> bytes:
    """Without the posts that no PDF can show, where there are any."""
    shared = resource("templates", "exchange", "exporting", "text.typ").read_bytes()
    template = shared + resource("templates", "participation", "record.typ").read_bytes()
    fonts = Path(current_app.static_folder or "static", PRINT_FONTS)
    options: dict[str, Any] = {"fonts": [fonts] if fonts.is_dir() else []}
    try:
        return typeset(template, content, **options)
    except TypesettingFailed:
        bare = [{**each, "posts": [_unshown(post) for post in each["posts"]]} for each in content["discussions"]]
        return typeset(template, {**content, "discussions": bare}, **options)


def _unshown(post: dict[str, Any]) -> dict[str, Any]:
    return {**post, "body": [], "left_out": True}


def _content(actor: Actor, term: StudentTerm, posts: dict[int, list[CountedPost]]) -> dict[str, Any]:
    locale, name = get_locale(), term.name or _("Name not available")
    return {
        "lang": locale.language if locale else "en",
        "rtl": bool(locale and locale.text_direction == "rtl"),
        "title": _("Participation of %(name)s", name=name),
        "course": actor.course_title,
        "made": _("Made %(when)s.", when=moment_to_keep(now())),
        "zone": _("Times are in %(zone)s.", zone=zone_name()),
        "discussions": [_discussion(line, posts.get(line.discussion.id, [])) for line in term.lines],
        "pictures": {},
        "words": {
            "none": _("No discussion has opened yet."),
            "head": [_("Required"), _("Status"), _("When"), _("Counted from")],
            "left_out": _("A PDF cannot show this post. Read it in the discussion."),
        },
    }


def _discussion(line: TermLine, posts: list[CountedPost]) -> dict[str, Any]:
    note = _("Excused") if line.is_excused else ""
    if line.is_hidden:
        note = _("Names are hidden in this discussion, so this record shows nothing of it.")
    elif line.verdicts is None or not line.verdicts.requirements:
        note = _("No participation requirements.")
    return {
        "title": line.discussion.title or _("Untitled"),
        "note": note,
        "requirements": [
            _requirement(each, is_excused=line.is_excused)
            for each in (line.verdicts.requirements if line.verdicts else ())
        ],
        "points": _points(line.verdicts) if line.verdicts else "",
        "posts": [_post(post) for post in posts],
    }


def _points(verdicts: Verdicts) -> str:
    """The points for participation in one discussion; empty where nothing has points."""
    if verdicts.points_possible:
        some, possible = rounded_points(verdicts.points), points(verdicts.points_possible)
        return _("%(some)s of %(all)s points for participation", some=some, all=possible)
    return _("Everything that has points is excused.") if verdicts.points_of_all else ""


def _requirement(verdict: Verdict, *, is_excused: bool) -> dict[str, Any]:
    states, state = state_words(), state_of(verdict.standing, is_excused=is_excused)
    when = [_("met %(when)s", when=moment_to_keep(verdict.met_at))] if verdict.met_at else []
    if verdict.due:
        when.append(_("due %(when)s", when=moment_to_keep(verdict.due)))
    return {
        "words": say(verdict.words).striptags(),
        "state": states.get(state, state),
        "when": "; ".join(when),
        "posts": ", ".join(verdict.addresses) or _("none yet"),
    }


def _post(post: CountedPost) -> dict[str, Any]:
    facts = [moment_to_keep(post.placed_at)] if post.placed_at else []
    if post.edited_at:
        facts.append(_("edited %(when)s", when=moment_to_keep(post.edited_at)))
    return {
        "address": post.address,
        "facts": [*facts, ngettext("%(num)s word", "%(num)s words", post.words)],
        "body": nodes_of(for_elsewhere(post.html, request.url_root, _("Picture"), lambda _source: None)),
        "rtl": runs_leftward(post.text),
    }
