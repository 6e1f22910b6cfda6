"""Files: sending them in, and serving them safely."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.wsgi import wrap_file

from lti_app.core.errors import ColloquyError, NotFound, Refused
from lti_app.discussion.posts.queries.files import get_shown_file
from lti_app.library.files.access import may_send, require_sending
from lti_app.library.files.errors import FileEmpty, StorageFull, StorageUnavailable
from lti_app.library.files.queries import FileView
from lti_app.library.files.rules import CHUNK, MediaType, Purpose
from lti_app.web.errors import error_page, file_storage_words, status_of
from lti_app.web.headers import LOCKED_UP, name_file
from lti_app.web.library.forms.files import AttachmentForm, file_refusal
from lti_app.web.library.uploads import limits, storage, store_attachment
from lti_app.web.session import current_actor, get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("files", __name__, url_prefix="/courses/<int:course_id>/files")

OF_PDFS = LOCKED_UP.removesuffix("; sandbox")
"""Browsers do not show PDFs in a sandbox; their own viewers are one."""
SHOWN = {MediaType.PDF, *(kind for kind in MediaType if kind.is_picture)}
ENVELOPE = 100_000
"""Bytes of a form around its file."""


@blueprint.url_value_preprocessor
def allow_size(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let as much in as an attachment may have, before the body is read, and only from those who may send one."""
    actor = current_actor()
    if endpoint == "files.upload" and actor and may_send(actor, Purpose.ATTACHMENT):
        request.max_content_length = limits().attachment + ENVELOPE


@blueprint.post("")
def upload() -> ResponseReturnValue:
    """Take a file for a post that is being written: answers JSON to a script, else a page with what to copy."""
    actor, form = get_visitor(), AttachmentForm()
    require_sending(actor, Purpose.ATTACHMENT)
    if not form.validate():
        raise FileEmpty
    with writing() as session:
        file = store_attachment(session, actor, request.files.get("file"))
    if _wants_json():
        return jsonify(described(file)), 201
    return render_template("library/files/taken.html", file=file, url=url_of(file)), 201


@blueprint.get("/<int:file_id>/<slug>")
def serve(file_id: int, slug: str) -> ResponseReturnValue:
    """One file: pictures and PDFs open in the browser, other files are downloaded. Supports range requests."""
    file = get_shown_file(read_session(), get_visitor(), file_id, now=now())
    if not file.is_at(slug):
        raise NotFound
    response = Response(mimetype=file.media_type, direct_passthrough=True)
    response.headers["Content-Security-Policy"] = OF_PDFS if file.media_type is MediaType.PDF else LOCKED_UP
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-cache"
    is_shown = file.media_type in SHOWN and "save" not in request.args
    name_file(response, "inline" if is_shown else "attachment", file.neutral_name or file.name)
    response.set_etag(file.sha256[:32])
    response.last_modified = file.created_at
    response.content_length = file.size
    if request.method != "HEAD":
        stream = storage().open(file.key)
        response.call_on_close(stream.close)
        response.response = wrap_file(request.environ, stream, buffer_size=CHUNK)
    try:
        return response.make_conditional(request, accept_ranges=True, complete_length=file.size)
    except HTTPException:  # parts that are not there
        response.close()
        raise


def described(file: FileView) -> dict[str, object]:
    """The facts about a file that scripts get as JSON."""
    return {
        "id": file.id,
        "name": file.name,
        "type": file.media_type.value,
        "size": file.size,
        "picture": file.media_type.is_picture,
        "url": url_of(file),
    }


def url_of(file: FileView) -> str:
    """The address of a file."""
    return url_for("files.serve", course_id=file.course_id, file_id=file.id, slug=file.slug)


@blueprint.errorhandler(StorageFull)
@blueprint.errorhandler(StorageUnavailable)
def not_stored(error: ColloquyError) -> ResponseReturnValue:
    """Answer a script in JSON that files cannot be stored; everybody else gets the page."""
    status, words = status_of(error), file_storage_words(error.code)
    if words and _wants_json():
        return jsonify(error=error.code, message=" ".join(words)), status
    return error_page(status, error.code)


@blueprint.errorhandler(Refused)
def refused(error: Refused) -> ResponseReturnValue:
    """Why it was not taken."""
    words = file_refusal(error)
    if _wants_json():
        return jsonify(error=error.code, message=words), status_of(error)
    return error_page(status_of(error), error.code, words)


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
