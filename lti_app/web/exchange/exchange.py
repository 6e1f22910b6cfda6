"""Bringing discussions in and taking them out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from lti_app.core.bounded import AllPlacesTaken, one_of_few
from lti_app.core.errors import NotFound
from lti_app.core.prose import cut
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.posts import access as posts_access
from lti_app.discussion.posts.queries.gate import circumstances_of
from lti_app.exchange.exporting.access import ExportPermission, may_export, require_export
from lti_app.exchange.exporting.queries import (
    Selection,
    export_posts,
    list_authors,
    list_pictures,
    list_records,
    select_for_export,
)
from lti_app.exchange.exporting.rules.data import ExportFormat, Scope, csv_lines, json_pieces
from lti_app.exchange.exporting.rules.pdf import TypesettingFailed, TypesettingLimit
from lti_app.exchange.formats.entries import MAX_BYTES
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.importing.access import may_import, require_import
from lti_app.exchange.importing.actions.discard import discard_import
from lti_app.exchange.importing.actions.preview import preview_import
from lti_app.exchange.importing.actions.run import run_import
from lti_app.exchange.importing.queries import get_import, get_import_file, list_imports
from lti_app.exchange.importing.rules.posts import ImportChoices, ImportMode
from lti_app.exchange.importing.rules.prepare import ImportFile, PreparedImport, prepare_import
from lti_app.grading.assessments.queries.desk import find_by_pseudonym
from lti_app.library.files.errors import FileReadingBusy
from lti_app.web.discussion.forms.starting import groups_of, narrowed
from lti_app.web.discussion.screening import essay_sellers
from lti_app.web.exchange.documents import Album, Document, html_pieces, pdf_of
from lti_app.web.exchange.forms.exchange import (
    FAULTS,
    SHAPES,
    ImportChoiceForm,
    ImportForm,
    ReadingForm,
    file_words,
    lost_words,
    reading_of,
)
from lti_app.web.headers import LOCKED_UP, name_file
from lti_app.web.library.forms.files import file_refusal
from lti_app.web.library.uploads import storage
from lti_app.web.requests import is_number
from lti_app.web.session import current_actor, get_visitor
from lti_app.web.transactions import end_reading, now, read_session, writing

MAX_REQUEST = MAX_BYTES + 200_000
"""Bytes of a file and the form around it."""
MOST_IN_PDF = 10_000
"""Posts: some seconds of setting type."""
TYPES = {
    ExportFormat.HTML: "text/html; charset=utf-8",
    ExportFormat.PDF: "application/pdf",
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.JSON: "application/json",
}

blueprint = Blueprint("exchange", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>")


@blueprint.url_value_preprocessor
def allow_size(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Allow a large upload to those who may import posts, before the body is read."""
    actor = current_actor()
    if endpoint == "exchange.new_import" and actor and may_import(actor):
        request.max_content_length = request.max_form_memory_size = MAX_REQUEST


@blueprint.get("/export")
def show(discussion_id: int) -> ResponseReturnValue:
    """The choices of an export, and the past imports."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    require_export(actor, ExportPermission.EXPORT_OWN)
    reads = posts_access.may(actor, posts_access.PostPermission.READ, circumstances_of(session, actor, discussion))
    can_export_class = may_export(actor, ExportPermission.EXPORT_CLASS)
    return render_template(
        "exchange/exporting/show.html",
        discussion=discussion,
        groups=groups_of(session, actor, discussion),
        reads=reads,
        can_export_class=can_export_class,
        can_import=may_import(actor),
        authors=list_authors(session, actor, discussion) if can_export_class else [],
        imports=list_imports(session, actor, discussion),
    )


@blueprint.post("/export/choose")
def choose(discussion_id: int) -> ResponseReturnValue:
    """Redirect from the choice of a person to the address of the file."""
    actor = get_visitor()
    get_discussion(read_session(), actor, discussion_id, now=now())
    require_export(actor, ExportPermission.EXPORT_CLASS)
    kind, person = request.form.get("kind", ""), request.form.get("person", "")
    address = url_for(".export_file", discussion_id=discussion_id, scope=Scope.ONE.value, kind=kind, person=person)
    return redirect(address, 303)


@blueprint.get("/export/file")
def export_file(discussion_id: int) -> ResponseReturnValue:
    """A file of posts: which (`scope`, `person`, `group`), in which form (`kind`); else one's own as a web page."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    if asked := request.args.get("group"):
        discussion = narrowed(discussion, groups_of(session, actor, discussion), asked)
    kind, scope = _asked()
    person_id = _whose(actor, discussion, request.args.get("person", ""))
    selection = select_for_export(session, actor, discussion, scope=scope, kind=kind, person_id=person_id)
    try:
        file = _file(selection, kind)
    except (TypesettingLimit, TypesettingFailed, AllPlacesTaken) as reason:
        flash(_no_pdf(reason), "warning")
        return redirect(url_for(".show", discussion_id=discussion_id), 303)
    response = Response(file if isinstance(file, bytes) else _to_the_end(file), content_type=TYPES[kind])
    response.headers["Content-Security-Policy"] = LOCKED_UP
    name_file(response, "attachment", f"{cut(discussion.title, 80)} {now():%Y-%m-%d}.{kind.value}")
    return response


def _no_pdf(reason: TypesettingLimit | TypesettingFailed | AllPlacesTaken) -> str:
    if isinstance(reason, TypesettingLimit):
        return _("This discussion is too long for a PDF. Export it as a web page and print that.")
    if isinstance(reason, TypesettingFailed):
        return _("A PDF cannot show this discussion. Export it as a web page and print that.")
    return _("Other files are being made or read right now. Try again in a minute, or export a web page.")


@blueprint.route("/import", methods=["GET", "POST"])
def new_import(discussion_id: int) -> ResponseReturnValue:
    """Take a file or pasted text, look at it, and show what was found."""
    actor = get_visitor()
    discussion = get_discussion(read_session(), actor, discussion_id, now=now())
    require_import(actor)
    form = ImportForm(data={"time_zone": str(discussion.zone), "dates": "auto"})
    status = 200 if request.method == "GET" else 422
    if form.validate_on_submit():
        try:
            import_id = _preview(actor, discussion, _upload(form, request.files.get("file")))
            return redirect(url_for(".show_import", discussion_id=discussion_id, import_id=import_id), 303)
        except (FileRefused, AllPlacesTaken) as error:
            field = form.text if (form.text.data or "").strip() and not request.files.get("file") else form.file
            field.errors = [_no_import(error)]
    return render_template("exchange/importing/new.html", discussion=discussion, form=form), status


@blueprint.route("/imports/<int:import_id>", methods=["GET", "POST"])
def show_import(discussion_id: int, import_id: int) -> ResponseReturnValue:
    """What was found in a file; when it has been brought in, the report of that."""
    actor = get_visitor()
    discussion = get_discussion(read_session(), actor, discussion_id, now=now())
    form = ImportChoiceForm()
    if form.validate_on_submit():
        try:
            added = _run(actor, discussion, import_id, _choices(form))
            flash(ngettext("%(num)s post was imported.", "%(num)s posts were imported.", added))
        except AllPlacesTaken as error:
            flash(_no_import(error), "warning")
        return redirect(url_for(".show_import", discussion_id=discussion_id, import_id=import_id), 303)
    found = get_import(read_session(), actor, discussion, import_id)
    return render_template(
        "exchange/importing/show.html",
        discussion=discussion,
        found=found,
        form=form,
        reading=ReadingForm(formdata=None, data=reading_of(found)),
        shape=SHAPES[found.shape],
        faults=FAULTS,
    ), 422 if request.method == "POST" else 200


@blueprint.post("/imports/<int:import_id>/reread")
def reread(discussion_id: int, import_id: int) -> ResponseReturnValue:
    """Read the file of a preview in another encoding, or its dates in another order."""
    actor = get_visitor()
    discussion = get_discussion(read_session(), actor, discussion_id, now=now())
    given = get_import_file(read_session(), actor, discussion, import_id)
    if given is None:
        raise NotFound
    form = ReadingForm()
    if form.validate_on_submit():
        read = {"encoding": form.encoding.data, "day_first": form.day_first, "zone": form.time_zone.data}
        try:
            import_id = _preview(actor, discussion, replace(given[0], **read))
        except (FileRefused, AllPlacesTaken) as error:
            flash(_no_import(error), "warning")
    return redirect(url_for(".show_import", discussion_id=discussion_id, import_id=import_id), 303)


@blueprint.post("/imports/<int:import_id>/discard")
def discard(discussion_id: int, import_id: int) -> ResponseReturnValue:
    """Forget a file that was only looked at."""
    with writing() as session:
        discard_import(session, get_visitor(), discussion_id, import_id, now=now())
    flash(_("No posts were imported."))
    return redirect(url_for(".show", discussion_id=discussion_id), 303)


def _preview(actor: Actor, discussion: DiscussionView, file: ImportFile) -> int:
    """Read a file, and then store it. Raises FileRefused or AllPlacesTaken."""
    with one_of_few():
        prepared = _prepared(discussion, file, now())
        with writing() as session:
            return preview_import(session, actor, discussion.id, prepared, sellers=essay_sellers(), now=now())


def _run(actor: Actor, discussion: DiscussionView, import_id: int, choices: ImportChoices) -> int:
    """Read the file of a preview, and then write its posts; the number of new ones. Raises AllPlacesTaken."""
    given = get_import_file(read_session(), actor, discussion, import_id)
    if given is None:
        return 0
    with one_of_few():
        prepared = _prepared(discussion, *given).traced(discussion.prompt)
        with writing() as session:
            return run_import(session, actor, discussion.id, import_id, prepared, choices=choices, now=now())


def _prepared(discussion: DiscussionView, file: ImportFile, given_at: datetime) -> PreparedImport:
    end_reading()
    return prepare_import(file, discussion.readings, words=lost_words(), now=given_at)


def _no_import(reason: FileRefused | AllPlacesTaken) -> str:
    if isinstance(reason, FileRefused):
        return file_words(reason)
    return file_refusal(FileReadingBusy())


def _upload(form: ImportForm, file: FileStorage | None) -> ImportFile:
    """What was given: the file where there is one, else the text."""
    pasted = form.text.data or ""
    content = file.read(MAX_BYTES + 1) if file else pasted.encode("utf-8", "replace")
    if not content.strip():
        raise FileRefused("nothing_in_it" if file else "missing")
    name = file.filename or "" if file else ""
    return ImportFile(content, form.time_zone.data, name, form.day_first, form.encoding.data if file else "UTF-8")


def _choices(form: ImportChoiceForm) -> ImportChoices:
    placeholder = _("Author {}") if form.hide_names.data else ""
    return ImportChoices(ImportMode(form.mode.data), placeholder, essay_sellers())


def _asked() -> tuple[ExportFormat, Scope]:
    """Which file the address asks for; raises NotFound for one that there is not."""
    try:
        return ExportFormat(request.args.get("kind", "html")), Scope(request.args.get("scope", "one"))
    except ValueError as error:
        raise NotFound from error


def _whose(actor: Actor, discussion: DiscussionView, key: str) -> int | None:
    """The person whom the key of an ExportAuthor means. While names are hidden, ids of people are not accepted."""
    number = key.removeprefix("b")
    if not key:
        return None
    if not is_number(number):
        raise NotFound
    if number != key:
        require_export(actor, ExportPermission.EXPORT_CLASS)
        return find_by_pseudonym(read_session(), actor, discussion, int(number))
    if actor.is_staff and discussion.hides_names_from(actor) and int(key) != actor.person_id:
        raise NotFound
    return int(key)


def _file(selection: Selection, kind: ExportFormat) -> Iterator[str] | bytes:
    session, discussion = read_session(), selection.discussion
    if kind is ExportFormat.PDF and discussion.post_count > MOST_IN_PDF:
        raise TypesettingLimit
    if kind is ExportFormat.CSV:
        return csv_lines(export_posts(session, selection))
    readings = list_records(session, discussion)
    address = url_for("discussions.show", discussion_id=discussion.id, _external=True)
    album = Album({} if kind.is_data else list_pictures(session, selection), storage())
    document = Document(selection, readings, address, album)
    if kind is ExportFormat.JSON:
        posts = export_posts(session, selection)
        return json_pieces(_about(selection.actor, discussion), readings, posts, document.link)
    return html_pieces(session, document) if kind is ExportFormat.HTML else pdf_of(session, document)


def _to_the_end(pieces: Iterator[str]) -> Iterator[str]:
    """A file that is sent while it is made: its session ends with it, not with the request."""
    session = read_session()

    def sent() -> Iterator[str]:
        try:
            yield from pieces
        finally:
            session.close()

    return stream_with_context(sent())


def _about(actor: Actor, discussion: DiscussionView) -> dict[str, Any]:
    title, prompt = discussion.title, discussion.prompt
    return {"course": actor.course_title, "title": title, "prompt": prompt, "exported": now().isoformat()}
