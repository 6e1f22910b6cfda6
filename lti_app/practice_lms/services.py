"""The services that the tool calls from server to server: keys, tokens, AGS 2.0 and NRPS 2.0."""

from dataclasses import replace

from flask import Blueprint, Response, request

from lti_app.practice_lms.course import Person, Placement
from lti_app.practice_lms.current import current_lms
from lti_app.practice_lms.grade_messages import InvalidMessageError, LineItemDraft, read_line_item, read_score
from lti_app.practice_lms.gradebook import LineItem, OutdatedScoreError, final_scores, line_item_json, result_json
from lti_app.practice_lms.launches import memberships_url, substituted
from lti_app.practice_lms.service_http import ServiceError, accepts, answer, failure, json_object, needs_scope, one_page
from lti_app.practice_lms.tokens import TokenRefusedError, grant_token
from lti_app.practice_lms.vocabulary import (
    CLAIM,
    LINE_ITEM_TYPE,
    LINE_ITEMS_TYPE,
    MEMBERSHIP_ROLE,
    MEMBERSHIPS_TYPE,
    RESOURCE_LINK,
    RESULTS_TYPE,
    SCOPE_LINE_ITEM,
    SCOPE_LINE_ITEM_READ,
    SCOPE_MEMBERSHIP,
    SCOPE_RESULT_READ,
    SCOPE_SCORE,
    SCORE_TYPE,
)

services = Blueprint("services", __name__)

COURSE = "/api/courses/<course_id>"
ITEM = f"{COURSE}/lineitems/<int(max=2147483647):line_item_id>"


@services.errorhandler(ServiceError)
def refuse(error: ServiceError) -> Response:
    """Answer a refused request in JSON."""
    return failure(error.status, str(error), error.headers)


@services.errorhandler(InvalidMessageError)
def refuse_message(error: InvalidMessageError) -> Response:
    """Answer a body that is JSON but not what the specification allows."""
    return failure(422, str(error))


@services.get("/jwks")
def key_set() -> Response:
    """Publish the public keys of the LMS."""
    response = answer(current_lms().key.key_set(), "application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@services.post("/token")
def token() -> Response:
    """Grant an access token."""
    try:
        response = answer(grant_token(current_lms(), request.form), "application/json")
    except TokenRefusedError as error:
        body = {"error": error.error, "error_description": str(error)}
        response = answer(body, "application/json", 400)
    response.headers["Cache-Control"] = "no-store"
    return response


@services.get(f"{COURSE}/lineitems", endpoint="lineitems")
@needs_scope(SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ)
def list_line_items(course_id: str) -> Response:
    """List the line items, filtered as AGS 2.0 section 3.2.4 says."""
    _check_address(course_id)
    accepts(LINE_ITEMS_TYPE)
    names = ("resource_link_id", "resource_id", "tag")
    found = current_lms().gradebook.line_items(**{name: request.args.get(name) for name in names})
    page, headers = one_page(found)
    response = answer([_line_item_body(item) for item in page], LINE_ITEMS_TYPE)
    response.headers.extend(headers)
    return response


@services.post(f"{COURSE}/lineitems", endpoint="lineitems_create")
@needs_scope(SCOPE_LINE_ITEM)
def create_line_item(course_id: str) -> Response:
    """Create a line item (AGS 2.0 section 3.2.5)."""
    _check_address(course_id)
    draft = read_line_item(json_object(LINE_ITEM_TYPE))
    if draft.resource_link_id and current_lms().placements.find(draft.resource_link_id) is None:
        raise ServiceError(404, "resourceLinkId names no resource link of this tool in this course.")
    item = current_lms().gradebook.create(replace(draft, resource_link_id=draft.resource_link_id or None))
    response = answer(_line_item_body(item), LINE_ITEM_TYPE, 201)
    response.headers["Location"] = current_lms().line_item_url(item.id)
    return response


@services.get(ITEM, endpoint="lineitems_show")
@needs_scope(SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ)
def show_line_item(course_id: str, line_item_id: int) -> Response:
    """Show one line item."""
    item = _line_item(course_id, line_item_id)
    accepts(LINE_ITEM_TYPE)
    return answer(_line_item_body(item), LINE_ITEM_TYPE)


@services.put(ITEM, endpoint="lineitems_replace")
@needs_scope(SCOPE_LINE_ITEM)
def replace_line_item(course_id: str, line_item_id: int) -> Response:
    """Replace the definition of a line item (AGS 2.0 section 3.2.6)."""
    item = _line_item(course_id, line_item_id)
    body = json_object(LINE_ITEM_TYPE)
    if body.get("id", current_lms().line_item_url(item.id)) != current_lms().line_item_url(item.id):
        raise ServiceError(400, "The id of a line item cannot change.")
    draft: LineItemDraft = read_line_item(body)
    if draft.resource_link_id not in {None, item.resource_link_id}:
        raise ServiceError(400, "The resourceLinkId of a line item cannot change.")
    current_lms().gradebook.replace(item.id, replace(draft, resource_link_id=item.resource_link_id))
    return answer(_line_item_body(_line_item(course_id, line_item_id)), LINE_ITEM_TYPE)


@services.delete(ITEM, endpoint="lineitems_delete")
@needs_scope(SCOPE_LINE_ITEM)
def delete_line_item(course_id: str, line_item_id: int) -> Response:
    """Remove a line item with its scores."""
    current_lms().gradebook.delete(_line_item(course_id, line_item_id).id)
    return Response(status=204)


@services.post(f"{ITEM}/scores", endpoint="scores")
@needs_scope(SCOPE_SCORE)
def receive_score(course_id: str, line_item_id: int) -> Response:
    """Record a score (AGS 2.0 section 3.4)."""
    item = _line_item(course_id, line_item_id)
    message = read_score(json_object(SCORE_TYPE))
    person = current_lms().course.person(message.user_id)
    if person is None or person.id != message.user_id or not person.is_student:
        raise ServiceError(422, "userId names nobody who is a student in this course.")
    try:
        current_lms().gradebook.record(item.id, message)
    except OutdatedScoreError as error:
        raise ServiceError(409, str(error)) from error
    return Response(status=204)


@services.get(f"{ITEM}/results", endpoint="results")
@needs_scope(SCOPE_RESULT_READ)
def list_results(course_id: str, line_item_id: int) -> Response:
    """List the results of a line item (AGS 2.0 section 3.3); students without a result are skipped."""
    item = _line_item(course_id, line_item_id)
    accepts(RESULTS_TYPE)
    url = current_lms().line_item_url(item.id)
    found = final_scores(current_lms().gradebook.scores(item.id, request.args.get("user_id")))
    page, headers = one_page(found)
    overrides = current_lms().gradebook.overrides()
    results = [result_json(item, url, score, overrides.get((score.user_id, item.id))) for score in page]
    response = answer(results, RESULTS_TYPE)
    response.headers.extend(headers)
    return response


@services.get(f"{COURSE}/memberships", endpoint="memberships")
@needs_scope(SCOPE_MEMBERSHIP)
def list_members(course_id: str) -> Response:
    """List who is in the course (NRPS 2.0)."""
    lms = current_lms()
    _check_course(course_id)
    accepts(MEMBERSHIPS_TYPE)
    placement = _asked_placement()
    role = request.args.get("role")
    people = [person for person in lms.course.people if role is None or _has_role(person, role)]
    page, headers = one_page(people)
    container = {
        "id": memberships_url(lms.config, lms.course),
        "context": {"id": lms.course.id, "label": lms.course.label, "title": lms.course.title},
        "members": [_member(person, placement) for person in page],
    }
    response = answer(container, MEMBERSHIPS_TYPE)
    response.headers.extend(headers)
    return response


def _check_course(course_id: str) -> None:
    if course_id != current_lms().course.id:
        raise ServiceError(404, "There is no such course.")


def _check_address(course_id: str) -> None:
    _check_course(course_id)
    if request.args.get("registration") != current_lms().config.client_id:
        raise ServiceError(
            404, "The query part of the address is missing. Use the addresses exactly as the LMS sends them."
        )


def _line_item(course_id: str, line_item_id: int) -> LineItem:
    _check_address(course_id)
    item = current_lms().gradebook.line_item(line_item_id)
    if item is None:
        raise ServiceError(404, "There is no such line item.")
    return item


def _line_item_body(item: LineItem) -> dict[str, object]:
    return line_item_json(item, current_lms().line_item_url(item.id))


def _asked_placement() -> Placement | None:
    wanted = request.args.get("rlid")
    placement = current_lms().placements.find(wanted) if wanted is not None else None
    if wanted is not None and placement is None:
        raise ServiceError(404, "rlid names no resource link of this tool in this course.")
    return placement


def _has_role(person: Person, role: str) -> bool:
    return role in person.roles or f"{MEMBERSHIP_ROLE}{role}" in person.roles


def _member(person: Person, placement: Placement | None) -> dict[str, object]:
    member: dict[str, object] = {
        "status": "Active",
        "user_id": person.id,
        "roles": list(person.roles),
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
    }
    if placement is not None:
        custom = substituted(placement.custom, current_lms().course, person, placement)
        member["message"] = [{f"{CLAIM}message_type": RESOURCE_LINK, f"{CLAIM}custom": custom}]
    return member
