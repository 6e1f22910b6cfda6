"""The calendar of due dates: its page, and the feed that calendar programs fetch without a visit."""

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

from lti_app.core.errors import NotFound
from lti_app.notices.calendars.actions import is_to_note, note_reading, renew_address, stop_calendar
from lti_app.notices.calendars.queries import CalendarKey, get_own_calendar, read_feed
from lti_app.notices.outbox.rules.addressing import mail_host
from lti_app.web.forms.fields import ConfirmForm
from lti_app.web.headers import LOCKED_UP, name_file
from lti_app.web.notices.calendar_text import calendar_text
from lti_app.web.session import get_visitor
from lti_app.web.templating import language_of_reader
from lti_app.web.transactions import now, read_session, write_aside, writing

blueprint = Blueprint("calendars", __name__)
BASE_URL = "colloquy.base_url"


@blueprint.get("/courses/<int:course_id>/notices/calendar")
def show() -> ResponseReturnValue:
    """The address of the reader's calendar, and what to do with it."""
    calendar = get_own_calendar(read_session(), get_visitor())
    address = ""
    if calendar is not None:
        token = sign_calendar(current_app.config["SECRET_KEY"], calendar.key, str(get_locale() or "en"))
        address = current_app.config[BASE_URL] + url_for(".feed", calendar_token=token)
    form = ConfirmForm(formdata=None)
    return render_template("notices/calendar.html", calendar=calendar, address=address, form=form)


@blueprint.post("/courses/<int:course_id>/notices/calendar")
def change() -> ResponseReturnValue:
    """Make an address or a new one, or stop the calendar."""
    actor, stops = get_visitor(), request.form.get("do") == "stop"
    with writing() as session:
        if stops:
            stop_calendar(session, actor)
        else:
            renew_address(session, actor, now=now())
    flash(_("Your calendar is off. Its address no longer works.") if stops else _("Your calendar has a new address."))
    return redirect(url_for(".show"), 303)


@blueprint.get("/calendars/<calendar_token>.ics")
def feed(calendar_token: str) -> ResponseReturnValue:
    """The calendar as iCalendar. Whoever has the address sees the dates of its owner, and no name.

    It speaks the language of its owner, whatever the program that fetches it asks for.
    """
    base_url, at = current_app.config[BASE_URL], now()
    key, language = _read(calendar_token)
    found = read_feed(read_session(), key, host=mail_host(base_url), now=at)
    if is_to_note(found, at):
        write_aside(lambda session: note_reading(session, found, now=at))
    with force_locale(language_of_reader(found.locale, language)):
        response = Response(calendar_text(found, base_url), mimetype="text/calendar")
    name_file(response, "inline", f"{found.course_title or 'calendar'}.ics")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = LOCKED_UP
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    return response.make_conditional(request)


def sign_calendar(secret_key: str, key: CalendarKey, language: str) -> str:
    """The part of a calendar's address that nobody can guess. It names the language in which the address was shown, for
    owners whose language the LMS does not tell.
    """
    return str(_signer(secret_key).dumps([key.id, key.serial, language]))


def _signer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt="calendar")


def _read(token: str) -> tuple[CalendarKey, str]:
    """The key of a calendar, and the language in which its address was shown; early addresses do not name one."""
    try:
        number, serial, *language = _signer(current_app.config["SECRET_KEY"]).loads(token)
    except (BadSignature, ValueError, TypeError):
        raise NotFound from None
    if not isinstance(number, int) or not isinstance(serial, str):
        raise NotFound
    return CalendarKey(number, serial), str(language[0]) if language else ""
