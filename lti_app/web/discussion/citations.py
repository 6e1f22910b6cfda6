"""How a discussion cites a reading, and the text that quotations from the reading are checked against."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.citations.actions import check_again
from lti_app.discussion.citations.queries import get_citation_map, list_citing_discussions
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.posts.errors import DiscussionShut, PostFirst
from lti_app.library.files.errors import FileLocked, FileReadingBusy
from lti_app.library.files.queries import read_pages
from lti_app.library.passages.actions import delete_text, store_text
from lti_app.library.passages.errors import TextTooLong, TextTooShort
from lti_app.library.passages.queries import get_reading_text
from lti_app.library.passages.rules import MIN_WORDS, Page, TextStorage, split_pages
from lti_app.library.readings.queries import get_filed_reading
from lti_app.web.discussion.forms.citations import TextForm
from lti_app.web.library.forms.files import file_refusal
from lti_app.web.library.uploads import storage
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("citations", __name__, url_prefix="/courses/<int:course_id>")


@blueprint.get("/discussions/<int:discussion_id>/citations/<int:reading_id>")
def show(discussion_id: int, reading_id: int) -> ResponseReturnValue:
    """How a discussion cites one of its readings; `?passage=` shows one passage with all its posts."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    passage_id = request.args.get("passage", type=int)
    base_url = url_for("discussions.show", discussion_id=discussion_id)
    try:
        citation_map = get_citation_map(session, actor, discussion, reading_id, passage_id=passage_id)
    except (PostFirst, DiscussionShut) as error:
        return render_template(
            "discussion/citations/behind_gate.html", discussion=discussion, base_url=base_url, code=error.code
        ), 403
    return render_template(
        "discussion/citations/show.html",
        discussion=discussion,
        map=citation_map,
        passage_id=passage_id,
        base_url=base_url,
    )


@blueprint.get("/readings/<int:reading_id>/citations")
def find(reading_id: int) -> ResponseReturnValue:
    """Redirect to the citations in the discussion of `?from=` or the only one; otherwise let the reader choose."""
    actor = get_visitor()
    discussions = list_citing_discussions(read_session(), actor, reading_id, now())
    came_from = request.args.get("from", type=int)
    chosen = next((each.id for each in discussions if each.id == came_from or len(discussions) == 1), None)
    if chosen is not None:
        passage = request.args.get("passage", type=int)
        return redirect(url_for(".show", discussion_id=chosen, reading_id=reading_id, passage=passage), 303)
    return render_template("discussion/citations/choose.html", discussions=discussions, reading_id=reading_id)


@blueprint.route("/readings/<int:reading_id>/quotation-check", methods=["GET", "POST"])
def quotation_check(reading_id: int) -> ResponseReturnValue:
    """Store the text that quotations of this reading are checked against."""
    actor, form = get_visitor(), TextForm()
    stored = get_reading_text(read_session(), actor, reading_id)
    if form.validate_on_submit():
        try:
            pages = split_pages(form.text.data or "", form.first_page.data or 1)
            found = _store(actor, reading_id, pages, form.to_storage())
        except (TextTooShort, TextTooLong) as error:
            form.text.errors = [_refusal(error)]
        else:
            flash(found)
            return redirect(url_for(".quotation_check", reading_id=reading_id), 303)
    status = 422 if form.errors or form.text.errors else 200
    has_file = get_filed_reading(read_session(), actor, reading_id).file is not None
    return render_template(
        "discussion/citations/quotation_check.html", form=form, stored=stored, has_file=has_file
    ), status


@blueprint.post("/readings/<int:reading_id>/quotation-check/file")
def check_against_file(reading_id: int) -> ResponseReturnValue:
    """Use the text of the file that the class reads."""
    actor = get_visitor()
    get_reading_text(read_session(), actor, reading_id)
    reading = get_filed_reading(read_session(), actor, reading_id)
    if reading.file is None:
        raise NotFound
    try:
        pages = [Page(label, words) for label, words in read_pages(storage(), reading.file, reading.first_page)]
        flash(_store(actor, reading_id, pages, TextStorage.HASHES))
    except (FileLocked, FileReadingBusy) as error:
        flash(file_refusal(error), "warning")
    except (TextTooShort, TextTooLong):
        flash(_("We found no text in this file; it may contain only scanned pages. Paste the text instead."), "warning")
    return redirect(url_for(".quotation_check", reading_id=reading_id), 303)


@blueprint.post("/readings/<int:reading_id>/quotation-check/delete")
def delete_stored_text(reading_id: int) -> ResponseReturnValue:
    """Delete the text; quotations are no longer checked."""
    actor = get_visitor()
    with writing() as session:
        delete_text(session, actor, reading_id)
        check_again(session, actor, reading_id)
    flash(_("Text deleted. Quotations from this reading are no longer checked."))
    return redirect(url_for(".quotation_check", reading_id=reading_id), 303)


def _store(actor: Actor, reading_id: int, pages: Sequence[Page], stored_as: TextStorage) -> str:
    with writing() as session:
        stored = store_text(session, actor, reading_id, pages, stored_as=stored_as, now=now())
        check_again(session, actor, reading_id)
    return str(
        _(
            "Quotations are now checked against %(words)s words on %(pages)s pages.",
            words=stored.words,
            pages=stored.pages,
        )
    )


def _refusal(error: TextTooShort | TextTooLong) -> str:
    if isinstance(error, TextTooShort):
        return str(_("This text is too short. It needs at least %(words)s words in a row.", words=MIN_WORDS))
    return str(_("This text has more than 2,000,000 characters. Enter only the chapters your class reads."))
