"""Rubrics from files into the library of a course, and out of it."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from lti_app.core.bounded import AllPlacesTaken, one_of_few
from lti_app.core.errors import NotFound
from lti_app.core.prose import cut
from lti_app.course.courses.rules import Actor
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.rubric_colloquy import write_own_rubrics
from lti_app.exchange.formats.rubric_parts import MAX_XML_BYTES, ReadRubrics
from lti_app.exchange.formats.rubric_recognize import read_pasted_rubrics, read_rubric_file
from lti_app.grading.rubrics.access import RubricPermission, require
from lti_app.grading.rubrics.actions.library import create_rubric
from lti_app.grading.rubrics.errors import LibraryFull, RubricInvalid
from lti_app.grading.rubrics.queries import get_library_rubric
from lti_app.grading.rubrics.rules.plans import RubricPlan, plan_of
from lti_app.grading.rubrics.rules.ready import READY
from lti_app.library.files.errors import FileReadingBusy
from lti_app.web.forms.fields import ConfirmForm
from lti_app.web.grading.forms.rubric_files import (
    FILE_TYPES,
    FORMATS,
    RubricFile,
    RubricImportForm,
    found_rubrics,
    rubric_file_words,
    stand_ins,
    written,
)
from lti_app.web.headers import LOCKED_UP, name_file
from lti_app.web.library.forms.files import file_refusal
from lti_app.web.session import get_visitor
from lti_app.web.transactions import read_session, writing

blueprint = Blueprint("rubric_files", __name__, url_prefix="/courses/<int:course_id>/rubrics")


@blueprint.route("/import", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Take a file or a pasted table, and show the rubrics in it. Nothing is stored."""
    require(get_visitor(), RubricPermission.EDIT)
    form, status = RubricImportForm(), 200
    if form.validate_on_submit():
        try:
            return _preview(_read(form, request.files.get("file")))
        except (FileRefused, AllPlacesTaken) as error:
            field = form.text if (form.text.data or "").strip() and not request.files.get("file") else form.file
            field.errors = [_refusal(error)]
            status = 422
    return render_template("grading/rubrics/import.html", form=form), status


@blueprint.post("/import/save")
def save() -> ResponseReturnValue:
    """Add the chosen rubrics of a preview to the library."""
    actor = get_visitor()
    require(actor, RubricPermission.EDIT)
    form = ConfirmForm()
    content, chosen = request.form.get("rubrics", ""), set(request.form.getlist("pick"))
    try:
        plans = read_rubric_file(content.encode("utf-8", "replace"), encoding="UTF-8").plans
    except FileRefused:
        plans = ()
    wanted = [plan for number, plan in enumerate(plans, 1) if str(number) in chosen]
    if not form.validate_on_submit() or not wanted:
        flash(_("No rubric was selected, so none was added."), "warning")
        return redirect(url_for(".new"), 303)
    try:
        ids = _store(actor, wanted)
    except LibraryFull:
        flash(_("The library of this course is full, so no rubric was added. Delete some rubrics first."), "warning")
        return redirect(url_for("rubrics.library"), 303)
    except RubricInvalid:
        flash(_("One of the rubrics has to be changed first, so none was added."), "warning")
        return redirect(url_for(".new"), 303)
    flash(ngettext("%(num)s rubric was added to the library.", "%(num)s rubrics were added to the library.", len(ids)))
    return redirect(url_for("rubrics.show", rubric_id=ids[0]) if len(ids) == 1 else url_for("rubrics.library"), 303)


@blueprint.get("/<int:rubric_id>/export/<file_kind>")
def export(rubric_id: int, file_kind: str) -> Response:
    """A rubric of the library, or a shared one, as a file."""
    return _file(plan_of(get_library_rubric(read_session(), get_visitor(), rubric_id).rubric), file_kind)


@blueprint.get("/ready/<ready_key>/export/<file_kind>")
def export_ready(ready_key: str, file_kind: str) -> Response:
    """A rubric that ships, as a file."""
    require(get_visitor(), RubricPermission.SEE)
    if ready_key not in READY:
        raise NotFound
    return _file(READY[ready_key].translated(_), file_kind)


def _read(form: RubricImportForm, file: FileStorage | None) -> ReadRubrics:
    """What was given: the file where there is one, else the text. Raises FileRefused or AllPlacesTaken."""
    pasted = form.text.data or ""
    if not file and not pasted.strip():
        raise FileRefused("missing")
    with one_of_few():
        if not file:
            return read_pasted_rubrics(pasted, request.form.get("html", ""), stand_ins())
        return read_rubric_file(file.read(MAX_XML_BYTES + 1), stand_ins(), encoding=form.encoding.data or "")


def _preview(found: ReadRubrics) -> str:
    return render_template(
        "grading/rubrics/imported.html",
        found=found_rubrics(found.plans),
        remarks=found.remarks,
        source=FORMATS[found.format],
        content=write_own_rubrics(found.plans).content.decode("utf-8-sig"),
    )


def _store(actor: Actor, plans: list[RubricPlan]) -> list[int]:
    """Add all of them, or none. Raises LibraryFull and RubricInvalid."""
    with writing() as session:
        return [create_rubric(session, actor, plan) for plan in plans]


def _refusal(error: FileRefused | AllPlacesTaken) -> str:
    return rubric_file_words(error) if isinstance(error, FileRefused) else file_refusal(FileReadingBusy())


def _file(plan: RubricPlan, file_kind: str) -> Response:
    if file_kind not in set(RubricFile):
        raise NotFound
    chosen = RubricFile(file_kind)
    media_type, ending = FILE_TYPES[chosen]
    response = Response(written(plan, chosen).content, content_type=media_type)
    response.headers["Content-Security-Policy"] = LOCKED_UP
    name_file(response, "attachment", f"{cut(plan.title, 80) or 'rubric'}.{ending}")
    return response
