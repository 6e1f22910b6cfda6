"""Writing to students."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.course.courses.queries import list_students
from lti_app.course.courses.rules import Actor
from lti_app.notices.messages.access import require_sender
from lti_app.notices.messages.actions import send_message
from lti_app.notices.messages.errors import MessageEmpty, NobodyToWriteTo
from lti_app.notices.messages.queries import list_recipients, list_sent
from lti_app.web.notices.forms.messages import MessageForm
from lti_app.web.requests import is_number
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, ring_notices, writing

blueprint = Blueprint("messages", __name__, url_prefix="/courses/<int:course_id>/messages")
WRITE = "write"


@blueprint.get("/new")
def compose() -> ResponseReturnValue:
    """A message to the students named by `person`, any number of them; without any, a choice of students."""
    actor = get_visitor()
    require_sender(actor)
    return _page(actor, MessageForm(formdata=None, data={"subject": request.args.get("subject", "")[:150]}))


@blueprint.post("/new")
def send() -> ResponseReturnValue:
    """Send it to each of them. A table of students posts only whom it shows, to be written to on the page that follows:
    a class is too long for an address.
    """
    actor, form = get_visitor(), MessageForm()
    require_sender(actor)
    if request.form.get("do") == WRITE:
        return _page(actor, form)
    if not form.validate():
        return _page(actor, form), 422
    try:
        with writing() as session:
            everyone = [each.person_id for each in list_students(session, actor)] if "everyone" in request.form else []
            count = send_message(session, actor, everyone or _named(), form.to_content(), now=now())
    except MessageEmpty:
        form.text.errors = [_("Write a message.")]
        return _page(actor, form), 422
    except NobodyToWriteTo:
        return _page(actor, form, is_to_nobody=True), 422
    ring_notices()
    flash(ngettext("Message sent to %(num)s student.", "Message sent to %(num)s students.", count))
    return redirect(url_for(".compose"), 303)


def _named() -> list[int]:
    """The students that the request names: each in a field, or all in one."""
    listed = request.values.get("people", "").split(",")
    return [*request.values.getlist("person", type=int), *(int(each) for each in listed if is_number(each))]


def _page(actor: Actor, form: MessageForm, *, is_to_nobody: bool = False) -> str:
    session, named = read_session(), _named()
    chosen = list_recipients(session, actor, named) if named else []
    is_choice = not chosen or (request.method == "POST" and request.form.get("do") != WRITE)
    return render_template(
        "notices/message.html",
        form=form,
        chosen={student.person_id for student in chosen},
        students=list_students(session, actor) if is_choice else chosen,
        is_choice=is_choice,
        is_to_everyone="everyone" in request.form,
        sent=list_sent(session, actor),
        is_to_nobody=is_to_nobody,
    )
