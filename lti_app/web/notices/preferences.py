"""How often mail comes from a course, and when it stays quiet."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.course.courses.rules import Actor
from lti_app.notices.bounces.rules.wording import bounce_reason
from lti_app.notices.outbox.actions.sending import try_address_again
from lti_app.notices.outbox.queries import get_address_report
from lti_app.notices.preferences.actions import choose_preferences
from lti_app.notices.preferences.errors import InvalidQuietHours
from lti_app.notices.preferences.queries import get_own_address, get_preferences
from lti_app.web.notices.forms.preferences import PreferencesForm, prefilled
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("notice_preferences", __name__, url_prefix="/courses/<int:course_id>/notices/preferences")
SENDS_MAIL = "colloquy.sends_mail"


@blueprint.get("")
def show() -> ResponseReturnValue:
    """What the reader has chosen, and what becomes of mail to them."""
    actor = get_visitor()
    form = PreferencesForm(formdata=None, data=prefilled(get_preferences(read_session(), actor)))
    return _page(actor, form)


@blueprint.post("")
def save() -> ResponseReturnValue:
    """Save the choice."""
    actor, form = get_visitor(), PreferencesForm()
    if form.validate():
        try:
            with writing() as session:
                choose_preferences(session, actor, form.to_preferences(), now=now())
        except InvalidQuietHours:
            form.quiet_to.errors = [_("Choose both hours, and two different ones, or neither.")]
        else:
            flash(_("Notification settings saved."))
            return redirect(url_for("notices.show"), 303)
    return _page(actor, form), 422


@blueprint.post("/address")
def try_again() -> ResponseReturnValue:
    """Send mail again to an address that was refused, or from which it came back."""
    actor = get_visitor()
    with writing() as session:
        try_address_again(session, actor)
    flash(_("We will try your address again with the next notice."))
    return redirect(url_for(".show"), 303)


def _page(actor: Actor, form: PreferencesForm) -> str:
    session = read_session()
    address = get_own_address(session, actor)
    report = get_address_report(session, actor, address)
    return render_template(
        "notices/preferences.html",
        form=form,
        address=address,
        report=report,
        reason=bounce_reason(report.status) if report.has_bounced else None,
        sends_mail=current_app.config[SENDS_MAIL],
        is_posted=request.method == "POST",
    )
