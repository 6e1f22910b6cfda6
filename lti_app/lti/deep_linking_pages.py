"""The page on which an instructor names the discussion to add, and the form that carries our answer to the LMS."""

from collections.abc import Mapping
from decimal import Decimal

from flask import Blueprint, Flask, current_app, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import StringField, SubmitField
from wtforms.validators import InputRequired, Length

from lti_app.core.key_value import KeyValueStore
from lti_app.core.prose import clean_text
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.actions.reserve import DEFAULT_POINTS, DEFAULT_TITLE
from lti_app.discussion.discussions.rules import MAX_TITLE
from lti_app.lti.deep_linking import (
    DeepLinkingRequest,
    DeepLinkingResponse,
    content_item,
    peek_request,
    respond,
    take_request,
)
from lti_app.lti.keys import signing_key
from lti_app.lti.launch import origin_of
from lti_app.lti.placing import new_selection
from lti_app.web.forms.fields import PointsField, PostedForm
from lti_app.web.session import get_visitor
from lti_app.web.transactions import DATABASE, now

STORE = "colloquy.deep_linking_store"
LAUNCH_URL = "colloquy.launch_url"

blueprint = Blueprint("deep_linking", __name__, url_prefix="/courses/<int:course_id>/add/<key>")


class AddForm(PostedForm):
    """Title and points, which the LMS needs now; prompt, readings and dates follow when the instructor opens the
    discussion.
    """

    title = StringField(_l("Title"), [InputRequired(_l("Enter a title.")), Length(max=MAX_TITLE)])
    points = PointsField(_l("Points in the gradebook"))
    add = SubmitField(_l("Add to the course"))
    cancel = SubmitField(_l("Cancel"), render_kw={"formnovalidate": True})


def init_deep_linking(app: Flask, *, store: KeyValueStore, launch_url: str) -> None:
    """Register the pages; `launch_url` is our address for resource link launches, which the new links will open."""
    app.extensions[STORE] = store
    app.extensions[LAUNCH_URL] = launch_url
    app.register_blueprint(blueprint)


@blueprint.get("")
def choose(key: str) -> ResponseReturnValue:
    """The form."""
    actor = _instructor()
    request = peek_request(_store(), key, **_whose(actor))
    if request is None:
        return render_template("lti/deep_linking_over.html"), 410
    form = AddForm(formdata=None, data={"title": request.title[:MAX_TITLE], "points": DEFAULT_POINTS})
    return _form_page(key, form, request)


@blueprint.post("")
def add(key: str) -> ResponseReturnValue:
    """Answer the LMS with what was chosen; cancelled, the answer has no items and the LMS closes its dialog."""
    actor, form = _instructor(), AddForm()
    request = peek_request(_store(), key, **_whose(actor))
    if request is not None and not form.cancel.data and not form.validate():
        return _form_page(key, form, request), 422
    request = take_request(_store(), key, **_whose(actor))
    if request is None:
        return render_template("lti/deep_linking_over.html"), 410
    response = _answer(request, None if form.cancel.data else form)
    g.form_origins = (origin_of(response.return_url),)
    return render_template("lti/deep_linking_return.html", response=response, cancelled=form.cancel.data)


def _answer(request: DeepLinkingRequest, form: AddForm | None) -> DeepLinkingResponse:
    items = []
    if form is not None:
        title = clean_text(form.title.data or "") or DEFAULT_TITLE
        points = (form.points.data or DEFAULT_POINTS).quantize(Decimal("0.01"))
        items.append(
            content_item(
                new_selection(points),
                issuer=request.issuer,
                title=title,
                points=points,
                launch_url=current_app.extensions[LAUNCH_URL],
                accepts_line_item=request.accepts_line_item,
                only_window=request.only_window,
            )
        )
    return respond(signing_key(current_app.extensions[DATABASE], now()), request, items, now=now())


def _form_page(key: str, form: AddForm, request: DeepLinkingRequest) -> str:
    return render_template(
        "lti/deep_linking.html",
        form=form,
        is_graded=request.accepts_line_item,
        creates_at_once=request.creates_at_once,
        action=url_for(".add", key=key),
    )


def _instructor() -> Actor:
    actor = get_visitor()
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    return actor


def _whose(actor: Actor) -> Mapping[str, int]:
    return {"course_id": actor.course_id, "person_id": actor.person_id}


def _store() -> KeyValueStore:
    store: KeyValueStore = current_app.extensions[STORE]
    return store
