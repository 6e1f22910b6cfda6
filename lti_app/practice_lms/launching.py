"""The pages through which a launch passes: login initiation, authentication, and the ways back."""

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from lti_app.practice_lms.authentication import AuthAnswer, BadClientError, answer_authentication
from lti_app.practice_lms.current import current_lms, current_person
from lti_app.practice_lms.deep_linking import DeepLinkError, accept_response
from lti_app.practice_lms.journal import decoded, pretty_fields
from lti_app.practice_lms.launches import Launch
from lti_app.practice_lms.vocabulary import DEEP_LINKING, SUBMISSION_REVIEW

launching = Blueprint("launching", __name__)

RETURN_MESSAGES = ("lti_errormsg", "lti_msg", "lti_errorlog", "lti_log")


@launching.get("/launch/placements/<placement_id>")
def open_placement(placement_id: str) -> str:
    """Begin the launch of a resource link."""
    lms = current_lms()
    if lms.placements.find(placement_id) is None:
        abort(404)
    return _begin(lms.launch(current_person(), placement_id, document_target=_target()))


@launching.get("/launch/deep-linking")
def open_deep_linking() -> str:
    """Begin a deep linking launch, in which the instructor creates an activity in the tool."""
    if current_person().is_student:
        abort(403)
    lms, chosen_for = current_lms(), request.args.get("placement")
    if chosen_for is not None and lms.placements.find(chosen_for) is None:
        abort(404)
    return _begin(lms.launch(current_person(), chosen_for, message_type=DEEP_LINKING, document_target=_target()))


@launching.get("/launch/review/<int(max=2147483647):line_item_id>/<user_id>")
def open_review(line_item_id: int, user_id: str) -> str:
    """Begin a submission review: the tool shows what stands behind one cell of the gradebook."""
    lms, person = current_lms(), current_person()
    item, subject = lms.gradebook.line_item(line_item_id), lms.course.person(user_id)
    if item is None or subject is None or not subject.is_student:
        abort(404)
    if person.is_student and person != subject:
        abort(403)
    placement = lms.placements.find(item.resource_link_id) if item.resource_link_id else None
    return _begin(
        lms.launch(
            person,
            placement,
            message_type=SUBMISSION_REVIEW,
            line_item_id=item.id,
            for_user_id=subject.id,
            document_target=_target(),
        )
    )


def _target() -> str:
    return "window" if request.args.get("target") == "window" else "iframe"


def _begin(launch: Launch) -> str:
    lms = current_lms()
    fields = lms.login_fields(launch)
    summary = f"POST {lms.config.tool_login_url}"
    lms.journal.record("login", summary, ("Form fields", pretty_fields(list(fields.items()))))
    return render_template("post_form.html", action=lms.config.tool_login_url, fields=fields, sending="the tool")


@launching.route("/auth", methods=["GET", "POST"])
def authenticate() -> str | tuple[str, int]:
    """Answer the tool's authentication request with an id_token, or with an error that OpenID Connect defines."""
    lms = current_lms()
    params = request.form if request.method == "POST" else request.args
    lms.journal.record("auth", f"{request.method} /auth", ("Parameters", pretty_fields(list(params.items(multi=True)))))
    try:
        answer = answer_authentication(lms, params)
    except BadClientError as error:
        return render_template("refused.html", reason=str(error)), 400
    _log_answer(answer)
    return render_template(
        "post_form.html", action=answer.redirect_uri, fields=answer.fields, sending="your launch to the tool"
    )


def _log_answer(answer: AuthAnswer) -> None:
    lms = current_lms()
    if answer.launch is None:
        fields = pretty_fields(list(answer.fields.items()))
        lms.journal.record("auth_error", f"POST {answer.redirect_uri}", ("Form fields", fields))
        return
    parts = decoded(answer.fields["id_token"], "id_token")
    who = lms.person(answer.launch.person_id)
    state = answer.fields.get("state", "(none)")
    summary = f"POST {answer.redirect_uri} · {answer.launch.message_type} for {who.name}"
    lms.journal.record("id_token", summary, ("state", state), *parts)


@launching.post("/deep-linking/return")
def receive_deep_linking() -> tuple[str, int]:
    """Receive what the instructor chose or made in the tool, and put it on the course page."""
    lms = current_lms()
    token = request.form.get("JWT", "")
    try:
        outcome, problem = accept_response(lms, token), None
    except DeepLinkError as error:
        outcome, problem = None, str(error)
    status = 200 if problem is None else 400
    answer = ("Answer", problem or f"{len(outcome.placements) if outcome else 0} activities added")
    parts = decoded(token, "JWT") if token else ()
    lms.journal.record("deep_linking", "POST /deep-linking/return", *parts, answer, status=status)
    return render_template("deep_linking_result.html", outcome=outcome, problem=problem), status


@launching.get("/return")
def return_from_tool() -> str:
    """Receive a person whom the tool sends back, with the tool's message, if any (LTI Core 1.3, launch
    presentation).
    """
    messages = {name: request.args[name] for name in RETURN_MESSAGES if request.args.get(name)}
    current_lms().journal.record("return", "GET /return", ("Parameters", pretty_fields(list(messages.items()))))
    if not messages.get("lti_msg") and not messages.get("lti_errormsg"):
        return render_template("returned.html", message=None, error=None)
    return render_template("returned.html", message=messages.get("lti_msg"), error=messages.get("lti_errormsg"))


@launching.get("/favicon.ico")
def favicon() -> Response:
    """Point browsers that ask at the root to the icon."""
    return redirect("/static/icon.svg", code=301)
