"""The reader, in which people read and cite the file of a reading, and the page where an instructor uploads it."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.core.errors import Refused
from lti_app.course.courses.rules import Actor
from lti_app.discussion.citations.queries import CitedPassage, count_citations_by_passage, list_citing_discussions
from lti_app.library.files.access import may_send, require_sending
from lti_app.library.files.queries import FileView, refuse_locked
from lti_app.library.files.rules import MediaType, Purpose, numbered
from lti_app.library.readings.access import may_cite, require_cite
from lti_app.library.readings.actions.file import set_reading_file, upload_file
from lti_app.library.readings.actions.passages import choose_passage
from lti_app.library.readings.actions.progress import record_place
from lti_app.library.readings.queries import FiledReading, PassageView, get_filed_reading, get_passage, read_excerpt
from lti_app.library.readings.rules import PassagePlace
from lti_app.web.errors import status_of
from lti_app.web.forms.fields import ConfirmForm
from lti_app.web.library.forms.files import PassageForm, PlaceForm, ReadingFileForm, file_refusal
from lti_app.web.library.uploads import limits, sent_file, storage
from lti_app.web.session import current_actor, get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("reader", __name__, url_prefix="/courses/<int:course_id>/readings/<int:reading_id>")

ENVELOPE = 100_000
"""Bytes of a form around its file."""


@blueprint.url_value_preprocessor
def allow_size(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Allow an upload of the size of a reading to those who may send one, before the body is read."""
    if endpoint == "reader.add_file" and request.method == "POST":
        actor = current_actor()
        if actor and may_send(actor, Purpose.READING):
            request.max_content_length = limits().reading + ENVELOPE


@blueprint.get("/read")
def show(reading_id: int) -> ResponseReturnValue:
    """The reading's file. `?passage=` or `?page=` opens it there, `?from=` is the discussion of the page before."""
    actor, session = get_visitor(), read_session()
    reading = get_filed_reading(session, actor, reading_id)
    kind = reading.file.media_type if reading.file else None
    g.needs_worker = kind is MediaType.PDF
    return render_template(
        "library/reader/" + {None: "without_file.html", MediaType.PDF: "pdf.html"}.get(kind, "html.html"),
        reading=reading,
        file_url=_file_url(reading.file) if reading.file else None,
        text=_text_of(reading.file) if reading.file and kind is not MediaType.PDF else None,
        marks=[_marked(each) for each in count_citations_by_passage(session, actor, reading_id, now())],
        wanted=_wanted(_asked_for(actor, reading_id)),
        form=PassageForm(formdata=None),
        came_from=_came_from(),
        can_cite=may_cite(actor),
        can_upload=may_send(actor, Purpose.READING),
    )


@blueprint.get("/cited")
def cited(reading_id: int) -> ResponseReturnValue:
    """What a citation cites: the reference, the place, and the words there, where the class can read them here.

    `?passage=`, `?page=` or `?paragraph=` names the place. A script shows it beside the citation.
    """
    actor, session = get_visitor(), read_session()
    reading, passage = get_filed_reading(session, actor, reading_id), _asked_for(actor, reading_id)
    named = {name: request.args.get(name, "") for name in ("page", "paragraph")}
    place = passage.place if passage else PassagePlace.of(**named)
    found: dict[str, Any] = {"passage": passage.id} if passage else {"page": place.page or None}
    return render_template(
        "library/reader/cited.html",
        reading=reading,
        place=place,
        excerpt=read_excerpt(session, actor, reading_id, place),
        read_url=url_for(".show", reading_id=reading_id, **found),
    )


@blueprint.post("/place")
def record_progress(reading_id: int) -> ResponseReturnValue:
    """Record that a reading was opened, or the last page reached; the reader's script sends this."""
    actor, form = get_visitor(), PlaceForm()
    if not form.validate():
        return "", 400
    with writing() as session:
        at = {"page": form.page.data or "", "paragraph": form.paragraph.data or ""}
        record_place(session, actor, reading_id, now(), **at)
    return "", 204


@blueprint.post("/passages")
def cite(reading_id: int) -> ResponseReturnValue:
    """Turn the selected place into a passage, then continue to the composer or to the posts that cite it."""
    actor, form = get_visitor(), PassageForm()
    if not form.validate():
        require_cite(read_session(), actor, reading_id)
        reading = get_filed_reading(read_session(), actor, reading_id)
        return render_template("library/reader/cite.html", reading=reading, form=form, came_from=_came_from()), 422
    with writing() as session:
        chosen = {name: getattr(form, name).data or "" for name in ("page", "paragraph", "exact", "prefix", "suffix")}
        passage_id = choose_passage(session, actor, reading_id, **chosen)
    further: dict[str, Any] = {"passage": passage_id, "from": _came_from()}
    if request.form.get("then") == "class":
        return redirect(url_for("citations.find", reading_id=reading_id, **further), 303)
    return redirect(url_for(".choose_discussion", reading_id=reading_id, **further), 303)


@blueprint.get("/cite")
def choose_discussion(reading_id: int) -> ResponseReturnValue:
    """Redirect to the composer of the discussion of `?from=` or the only one; otherwise let the reader choose."""
    actor = get_visitor()
    passage = _asked_for(actor, reading_id)
    if passage is None:
        return redirect(url_for(".show", reading_id=reading_id), 303)
    discussions = list_citing_discussions(read_session(), actor, reading_id, now())
    chosen = next((each.id for each in discussions if each.id == _came_from() or len(discussions) == 1), None)
    if chosen is not None:
        return redirect(url_for("discussions.show", discussion_id=chosen, cite=passage.id, _anchor="compose"), 303)
    return render_template("library/reader/where.html", discussions=discussions, passage=passage, reading_id=reading_id)


@blueprint.route("/file", methods=["GET", "POST"])
def add_file(reading_id: int) -> ResponseReturnValue:
    """Upload a PDF or HTML file for the class to read, and say why it may be shared."""
    actor = get_visitor()
    require_sending(actor, Purpose.READING)
    reading = get_filed_reading(read_session(), actor, reading_id)
    form = ReadingFileForm(data={"first_page": _first_page(reading)})
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                _store(actor, reading, form)
            except Refused as error:
                refusal, status = file_refusal(error), status_of(error)
            else:
                flash(_("File added. The class can now read it here."))
                return redirect(url_for(".show", reading_id=reading_id), 303)
    return _upload_page(reading, form, refusal), status


@blueprint.post("/file/remove")
def remove_file(reading_id: int) -> ResponseReturnValue:
    """Remove the file of a reading."""
    actor = get_visitor()
    require_sending(actor, Purpose.READING)
    ConfirmForm().validate()
    with writing() as session:
        set_reading_file(session, actor, reading_id, file_id=None, now=now())
    flash(_("File removed."))
    return redirect(url_for(".add_file", reading_id=reading_id), 303)


def _store(actor: Actor, reading: FiledReading, form: ReadingFileForm) -> None:
    sent = sent_file(request.files.get("file"))
    refuse_locked(sent.stream)
    with writing() as session:
        upload_file(
            session,
            actor,
            reading.id,
            storage=storage(),
            stream=sent.stream,
            name=sent.name,
            rights=form.rights,
            limits=limits(),
            first_page=form.first_page.data or 1,
            now=now(),
        )


def _upload_page(reading: FiledReading, form: ReadingFileForm, refusal: str) -> str:
    return render_template(
        "library/reader/file.html",
        reading=reading,
        form=form,
        refusal=refusal,
        most=limits().reading // 1_000_000,
    )


def _first_page(reading: FiledReading) -> int:
    """The first page of the file if known, else the first page in the bibliographic record."""
    if reading.file is None and (first := reading.pages.partition("-")[0].strip()).isdecimal():
        return min(int(first), 99_999) or 1
    return reading.first_page


def _asked_for(actor: Actor, reading_id: int) -> PassageView | None:
    """The passage of this reading that the address names."""
    passage_id = request.args.get("passage", type=int)
    if passage_id is None:
        return None
    passage = get_passage(read_session(), actor, passage_id)
    return passage if passage.reading_id == reading_id else None


def _came_from() -> int | None:
    return request.values.get("from", type=int)


def _marked(cited: CitedPassage) -> dict[str, object]:
    """The facts about a cited passage that the reader's script gets."""
    return {"id": cited.id, "count": cited.count, **asdict(cited.place)}


def _wanted(passage: PassageView | None) -> dict[str, object] | None:
    if passage:
        return {"id": passage.id, **asdict(passage.place)}
    page = request.args.get("page", "")
    return {"id": 0, **asdict(PassagePlace.of(page=page))} if page else None


def _file_url(file: FileView) -> str:
    return url_for("files.serve", course_id=file.course_id, file_id=file.id, slug=file.slug)


def _text_of(file: FileView) -> str:
    with storage().open(file.key) as stream:
        return numbered(stream.read().decode())
