"""Turning mail from a course off by the signed address in each mail, without a visit (RFC 8058).

These addresses take a POST without a CSRF token: mail programs send it, from no page of ours. The signed token says
whose mail is meant, and all that it can do is to turn that mail off.
"""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from lti_app.core.errors import NotFound
from lti_app.notices.preferences.actions import unsubscribe
from lti_app.notices.preferences.queries import get_course_title
from lti_app.notices.preferences.rules import MailSubscription
from lti_app.web.notices.mail_writer import UnsubscribeTokens
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("unsubscribing", __name__, url_prefix="/notices/unsubscribe")


@blueprint.get("/<unsubscribe_token>")
def ask(unsubscribe_token: str) -> ResponseReturnValue:
    """Ask whether to turn mail off: programs that open every link of a mail must not do it."""
    title = get_course_title(read_session(), _read(unsubscribe_token))
    return render_template("notices/unsubscribe.html", course_title=title, is_done=False)


@blueprint.post("/<unsubscribe_token>")
def stop(unsubscribe_token: str) -> ResponseReturnValue:
    """Turn it off; again changes nothing."""
    subscription = _read(unsubscribe_token)
    with writing() as session:
        if not unsubscribe(session, subscription, now=now()):
            raise NotFound
    title = get_course_title(read_session(), subscription)
    return render_template("notices/unsubscribe.html", course_title=title, is_done=True)


def _read(token: str) -> MailSubscription:
    named = UnsubscribeTokens(current_app.config["SECRET_KEY"]).read(token)
    if named is None:
        raise NotFound
    return named
