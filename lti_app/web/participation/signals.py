"""Early signals of a course: why each fired, dismissing it, and the rules."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.actions.pseudonyms import name_everybody
from lti_app.participation.signals.access import may_change, require_change, require_see
from lti_app.participation.signals.actions import dismiss_signal, restore_signal, save_signal_rules
from lti_app.participation.signals.errors import SignalChanged, SignalRulesChanged
from lti_app.participation.signals.queries import (
    SignalBoard,
    SignalCount,
    SignalView,
    count_fired,
    count_signals,
    get_signal_rules,
    get_signals,
)
from lti_app.participation.signals.rules.registry import SignalRule, rules_from_stored
from lti_app.web.participation.forms.signals import SignalRulesForm, begun_rules
from lti_app.web.participation.picture_tables import signals_table
from lti_app.web.participation.tables import table_file
from lti_app.web.requests import SCRIPTED
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("signals", __name__, url_prefix="/courses/<int:course_id>/participation/signals")
SHOWN_FIRST = 8
"""Signals of one kind that are shown before the rest is folded."""


@dataclass(frozen=True)
class SignalSection:
    """A rule with the signals that it gave."""

    rule: SignalRule
    signals: tuple[SignalView, ...]


@blueprint.get("")
def show() -> ResponseReturnValue:
    """All signals by rule, and those that were dismissed."""
    actor = get_visitor()
    require_see(actor)
    board = _board(actor)
    sections = [
        SignalSection(rule, tuple(each for each in board.signals if each.kind == rule.kind.name))
        for rule in board.rules
    ]
    return render_template(
        "participation/signals.html",
        board=board,
        sections=sections,
        off=[rule for rule in board.rules if not rule.is_on],
        may_change=may_change(actor),
        shown_first=SHOWN_FIRST,
    )


@blueprint.get("/count")
def count() -> ResponseReturnValue:
    """How many signals there are, in words that a script puts into a link: to count them would keep a page waiting."""
    found = count_fired(read_session(), get_visitor(), now())
    return jsonify(ngettext("%(num)s signal", "%(num)s signals", found))


@blueprint.get("/export")
def export() -> ResponseReturnValue:
    """All signals as a file, with those that were dismissed."""
    actor = get_visitor()
    require_see(actor)
    board = _board(actor)
    titles = {rule.kind.name: _(rule.kind.title) for rule in board.rules}
    table = signals_table([*board.signals, *board.dismissed], titles)
    return table_file(table, f"{table.title}, {actor.course_title or _('Your course')}")


@blueprint.get("/rules")
def rules() -> ResponseReturnValue:
    """The rules, to change them."""
    actor = get_visitor()
    require_change(actor)
    form = SignalRulesForm(formdata=None, data=begun_rules(get_signal_rules(read_session(), actor)))
    return _rules_page(actor, form)


@blueprint.post("/rules")
def save_rules() -> ResponseReturnValue:
    """Save them, bring back the defaults, or count what they would give."""
    actor = get_visitor()
    require_change(actor)
    form, action = SignalRulesForm(), request.form.get("action")
    is_reset = action == "reset"
    is_sound = form.validate()
    if action == "preview" and request.headers.get("X-Requested-With") == SCRIPTED:
        return render_template("participation/_signal_counts.html", form=form, counts=_counts(actor, form))
    if action == "preview" or not (is_reset or is_sound):
        return _rules_page(actor, form), 200 if is_sound else 422
    try:
        with writing() as session:
            chosen = rules_from_stored({}) if is_reset else form.to_rules()
            save_signal_rules(session, actor, chosen, version=_version(form))
    except SignalRulesChanged:
        current = get_signal_rules(read_session(), actor)
        form.version.data = str(current.version)
        return _rules_page(actor, form, others=current.rules), 409
    flash(_("Default rules restored.") if is_reset else _("Rules saved."))
    return redirect(url_for(".show"), 303)


@blueprint.post("/dismiss")
def dismiss() -> ResponseReturnValue:
    """Dismiss a signal until what it says changes."""
    actor = get_visitor()
    try:
        with writing() as session:
            token, state = request.form.get("signal", ""), request.form.get("state", "")
            dismiss_signal(session, actor, token, state=state, now=now())
        flash(_("Signal dismissed. It comes back if the facts change."))
    except SignalChanged:
        flash(_("Nothing was dismissed, because this signal has changed. Look at it again."), "warning")
    return redirect(url_for(".show"), 303)


@blueprint.post("/restore")
def restore() -> ResponseReturnValue:
    """Take back a dismissal."""
    actor = get_visitor()
    try:
        with writing() as session:
            restore_signal(session, actor, request.form.get("signal", ""), now=now())
        flash(_("The signal is shown again."))
    except NotFound:
        flash(_("This signal is not dismissed any more."), "warning")
    return redirect(url_for(".show"), 303)


def _board(actor: Actor) -> SignalBoard:
    """The signals. Students without a pseudonym in a discussion with hidden names get one first."""
    board = get_signals(read_session(), actor, now())
    if board.nameless:
        with writing() as session:
            for discussion in board.nameless:
                name_everybody(session, actor, discussion)
        board = get_signals(read_session(), actor, now())
    return board


def _version(form: SignalRulesForm) -> int:
    text = form.version.data or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _counts(actor: Actor, form: SignalRulesForm) -> Mapping[str, SignalCount]:
    """How many signals the rules of the form would give, those of them whose numbers are sound."""
    return count_signals(read_session(), actor, form.to_sound_rules(), now())


def _rules_page(actor: Actor, form: SignalRulesForm, *, others: tuple[SignalRule, ...] = ()) -> str:
    return render_template("participation/signal_rules.html", form=form, counts=_counts(actor, form), others=others)
