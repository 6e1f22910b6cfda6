"""Readings: the record, where to read it, and how far one has got."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.core.later import LaterModule
from lti_app.course.courses.rules import Actor, CitationStyle
from lti_app.discussion.citations.queries import list_citing_discussions
from lti_app.library.bibliography.errors import DoiUnknown, DoiUnreachable
from lti_app.library.bibliography.ports import DoiLookup
from lti_app.library.bibliography.queries.leadership import list_leadership_readings
from lti_app.library.bibliography.rules.records import (
    MAX_RECORDS,
    Found,
    RecordFormat,
    find_work,
    from_csl,
    is_doubtful,
    read,
)
from lti_app.library.readings.access import keeps_progress, may_edit, require_edit
from lti_app.library.readings.actions.progress import mark_read, record_opening, record_position
from lti_app.library.readings.actions.records import (
    Relabelled,
    add_reading,
    add_readings,
    change_reading,
    delete_reading,
)
from lti_app.library.readings.errors import ReadingInUse
from lti_app.library.readings.queries import ReadingView, get_reading, list_progress, list_works
from lti_app.library.readings.rules import to_csl
from lti_app.web.forms.fields import ConfirmForm
from lti_app.web.library.forms.readings import PasteForm, PositionForm, RecordForm, prefilled
from lti_app.web.requests import SCRIPTED
from lti_app.web.session import get_visitor
from lti_app.web.transactions import end_reading, now, read_session, writing

if TYPE_CHECKING:
    from lti_app.library.bibliography.rules import styles
else:  # with what it imports 6 MB, for readings that are new or have changed
    styles = LaterModule("lti_app.library.bibliography.rules.styles")

blueprint = Blueprint("readings", __name__, url_prefix="/courses/<int:course_id>/readings")

LOOKUP = "colloquy.doi_lookup"


def init_readings(app: Flask, lookup: DoiLookup) -> None:
    """Tell the application whom to ask about DOIs."""
    app.extensions[LOOKUP] = lookup


@blueprint.get("/<int:reading_id>")
def show(reading_id: int) -> ResponseReturnValue:
    """One reading: its reference in every style, where to read it, and how far one, or the class, has got."""
    actor, session = get_visitor(), read_session()
    reading = get_reading(session, actor, reading_id)
    return _reading_page(actor, reading, PositionForm(formdata=None, obj=reading.progress))


@blueprint.route("/add", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """The box that takes a DOI or any of the formats, and knows by itself which it is."""
    actor, form = get_visitor(), PasteForm()
    require_edit(actor)
    if request.method == "GET":
        return render_template("library/readings/add.html", form=form, found=None, limit=MAX_RECORDS)
    if not form.validate():
        return render_template("library/readings/add.html", form=form, found=None, limit=MAX_RECORDS), 422
    found = read(form.source.data or "")
    if found.format is RecordFormat.DOI:
        return _looked_up(actor, found.doi)
    if not found.records:
        return render_template("library/readings/add.html", form=form, found=found, limit=MAX_RECORDS), 422
    return _choice_page(actor, found)


@blueprint.post("/chosen")
def add_chosen() -> ResponseReturnValue:
    """Add those of the records that were ticked."""
    actor, form = get_visitor(), PasteForm()
    require_edit(actor)
    found = read(form.source.data or "") if form.validate() else Found(RecordFormat.UNKNOWN)
    return _add_ticked(actor, found.records) or (_choice_page(actor, found, refused=True), 422)


@blueprint.route("/new", methods=["GET", "POST"])
def write() -> ResponseReturnValue:
    """A reading written by hand."""
    actor, form = get_visitor(), RecordForm()
    require_edit(actor)
    if request.method == "POST" and form.validate():
        with writing() as session:
            csl = to_csl(form.to_entry())
            added = add_reading(session, actor, csl, now(), through_library=form.through_library.data)
        flash(_("Reading added."))
        return redirect(url_for(".show", reading_id=added), 303)
    return render_template("library/readings/write.html", form=form), 422 if request.method == "POST" else 200


@blueprint.route("/leadership", methods=["GET", "POST"])
def leadership() -> ResponseReturnValue:
    """Choose from standard texts on leadership."""
    actor = get_visitor()
    require_edit(actor)
    if (
        request.method == "POST"
        and ConfirmForm().validate()
        and (added := _add_ticked(actor, list_leadership_readings()))
    ):
        return added
    page = render_template(
        "library/readings/leadership.html",
        choices=_choices(actor, list_leadership_readings(), ticked=False),
        refused=request.method == "POST",
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/<int:reading_id>/edit", methods=["GET", "POST"])
def edit(reading_id: int) -> ResponseReturnValue:
    """Change a reading's record."""
    actor = get_visitor()
    reading = get_reading(read_session(), actor, reading_id, edit=True)
    form = RecordForm(data=prefilled(reading), kind=reading.csl.get("type", ""))
    if request.method == "POST" and form.validate():
        with writing() as session:
            labels = change_reading(
                session,
                actor,
                reading_id,
                to_csl(form.to_entry(), reading.csl),
                version=form.version.data or 0,
                through_library=form.through_library.data,
            )
        flash(_changed(labels))
        return redirect(url_for(".show", reading_id=reading_id), 303)
    status = 422 if request.method == "POST" else 200
    return render_template("library/readings/edit.html", form=form, reading=reading), status


@blueprint.route("/<int:reading_id>/delete", methods=["GET", "POST"])
def delete(reading_id: int) -> ResponseReturnValue:
    """Delete a reading that is not in use; otherwise list the discussions that use it."""
    actor = get_visitor()
    reading = get_reading(read_session(), actor, reading_id, edit=True)
    form, in_use = ConfirmForm(), False
    if request.method == "POST" and form.validate():
        try:
            with writing() as session:
                delete_reading(session, actor, reading_id)
        except ReadingInUse:
            in_use = True
        else:
            flash(_("%(reading)s was deleted.", reading=reading.label))
            return redirect(url_for("courses.home", _anchor="readings-title"), 303)
    discussions = list_citing_discussions(read_session(), actor, reading_id, now())
    page = render_template(
        "library/readings/delete.html",
        form=form,
        reading=reading,
        discussions=discussions,
        in_use=in_use or bool(discussions),
    )
    return page, 422 if in_use else 200


@blueprint.get("/<int:reading_id>/open")
def open_elsewhere(reading_id: int) -> ResponseReturnValue:
    """Record that a student opened the reading, and redirect to it."""
    actor = get_visitor()
    reading = get_reading(read_session(), actor, reading_id)
    if reading.address is None:
        return redirect(url_for(".show", reading_id=reading_id), 303)
    if keeps_progress(actor):
        with writing() as session:
            record_opening(session, actor, reading_id, now())
    return redirect(reading.address, 303)


@blueprint.post("/<int:reading_id>/last-page")
def last_page(reading_id: int) -> ResponseReturnValue:
    """Record the last page that a student has read; the reader's script sends it too."""
    actor, form = get_visitor(), PositionForm()
    if not form.validate():
        reading = get_reading(read_session(), actor, reading_id)
        return _reading_page(actor, reading, form), 422
    with writing() as session:
        place = {"page": form.page.data or "", "paragraph": form.paragraph.data or ""}
        record_position(session, actor, reading_id, now(), **place)
    return _recorded(reading_id)


@blueprint.post("/<int:reading_id>/read-state")
def mark_as_read(reading_id: int) -> ResponseReturnValue:
    """Mark a reading as read by a student, or as not read."""
    actor = get_visitor()
    with writing() as session:
        mark_read(session, actor, reading_id, now(), read=request.form.get("read") == "1")
    return _recorded(reading_id)


def _recorded(reading_id: int) -> ResponseReturnValue:
    if request.headers.get("X-Requested-With") == SCRIPTED:
        return "", 204
    return redirect(url_for(".show", reading_id=reading_id, _anchor="own-progress"), 303)


def _reading_page(actor: Actor, reading: ReadingView, form: PositionForm) -> str:
    return render_template(
        "library/readings/show.html",
        reading=reading,
        styles=styles.in_all_styles(reading.csl),
        style_names=STYLE_NAMES,
        form=form if keeps_progress(actor) else None,
        progress=list_progress(read_session(), actor, reading.id) if actor.is_staff else None,
        may_edit=may_edit(actor),
    )


def _looked_up(actor: Actor, doi: str) -> ResponseReturnValue:
    """Look up a DOI; if the registry has no answer, the form with the DOI filled in. No transaction is open
    during the look-up.
    """
    end_reading()
    lookup: DoiLookup = current_app.extensions[LOOKUP]
    try:
        record = from_csl({**lookup(doi), "DOI": doi})
    except DoiUnknown:
        record, reason = {}, _("We found no record for this DOI. Check it, or fill in the rest yourself.")
    except DoiUnreachable:
        record, reason = (
            {},
            _("We could not look up this DOI right now. Try again later, or fill in the rest yourself."),
        )
    else:
        reason = _("The record for this DOI has no title. Fill in the rest yourself.")
    if not record.get("title"):
        form = RecordForm(formdata=None, data={"doi": doi, "kind": "article-journal"})
        return render_template("library/readings/write.html", form=form, reason=reason)
    return _choice_page(actor, Found(RecordFormat.DOI, (record,), doi=doi))


def _choice_page(actor: Actor, found: Found, *, refused: bool = False) -> str:
    """The records to choose from, carried along as CSL-JSON."""
    source = json.dumps(found.records, ensure_ascii=False)
    return render_template(
        "library/readings/choose.html",
        form=PasteForm(formdata=None, data={"source": source}),
        found=found,
        choices=_choices(actor, found.records, ticked=True),
        refused=refused,
    )


def _choices(actor: Actor, records: Sequence[dict[str, Any]], *, ticked: bool) -> list[dict[str, Any]]:
    """Each record with what helps to choose: what the course has already is left out unless one insists."""
    known = list_works(read_session(), actor)
    return [
        {
            "number": number,
            "reference": styles.reference_html(csl, CitationStyle.APA, whole=True),
            "doubtful": is_doubtful(csl),
            "known_as": (known_as := find_work(csl, known)),
            "ticked": ticked and known_as is None,
        }
        for number, csl in enumerate(records)
    ]


def _add_ticked(actor: Actor, records: Sequence[dict[str, Any]]) -> ResponseReturnValue | None:
    """Add the ticked ones and go on to them; None where none is ticked."""
    chosen = [csl for number, csl in enumerate(records) if f"pick-{number}" in request.form]
    if not chosen:
        return None
    with writing() as session:
        added = add_readings(session, actor, chosen, now())
    flash(ngettext("%(num)s reading added.", "%(num)s readings added.", len(added)))
    if len(added) == 1:
        return redirect(url_for(".show", reading_id=added[0]), 303)
    return redirect(url_for("courses.home", _anchor="readings-title"), 303)


def _changed(labels: Relabelled) -> str:
    if labels.after != labels.before:
        return _("Reading saved. It is now cited as %(after)s instead of %(before)s.", **vars(labels))
    if labels.wanted != labels.after:
        return _(
            "Reading saved. Posts already cite it as %(after)s, so that citation stays the same.", after=labels.after
        )
    return _("Reading saved.")


STYLE_NAMES = {
    CitationStyle.APA: "APA 7",
    CitationStyle.MLA: "MLA 9",
    CitationStyle.CHICAGO: "Chicago 18",
    CitationStyle.HARVARD: "Harvard",
}
