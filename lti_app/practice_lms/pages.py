"""The pages of the LMS: course, placements, gradebook, log and faults."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_app.practice_lms.course import Person
from lti_app.practice_lms.current import current_lms, current_person, play
from lti_app.practice_lms.faults import KINDS, REFUSALS, SERVICES

pages = Blueprint("pages", __name__)

LOG_PAGE = 50
LARGEST_GRADE = 1_000_000
NEWEST = 2**62  # no id is larger, and SQLite takes no number above 2**63


@pages.before_request
def refuse_foreign_forms() -> None:
    """Refuse a form that another site posts in the visitor's name."""
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin is not None and urlsplit(origin).netloc != request.host:
        abort(403)


@pages.get("/")
def show_course() -> str:
    """Show the course page."""
    lms = current_lms()
    placements = [(placement, lms.placements.is_added(placement.id)) for placement in lms.placements.all()]
    return render_template("course.html", placements=placements)


@pages.get("/placements/<placement_id>")
def show_placement(placement_id: str) -> str:
    """Show one placement with the tool in a frame."""
    placement = current_lms().placements.find(placement_id)
    if placement is None:
        abort(404)
    address = url_for("launching.open_placement", placement_id=placement.id)
    return render_template("tool.html", title=placement.title, text=placement.text, address=address)


@pages.post("/placements/<placement_id>/remove")
def remove_placement(placement_id: str) -> Response:
    """Take away a placement that was added from the tool."""
    if current_person().is_student:
        abort(403)
    current_lms().placements.remove(placement_id)
    return redirect(url_for("pages.show_course"), 303)


@pages.get("/add")
def show_deep_linking() -> str:
    """Let the instructor choose or make an activity in the tool."""
    if current_person().is_student:
        abort(403)
    return render_template(
        "tool.html",
        title="Add an activity from the tool",
        text="Choose or create an activity below. The tool then adds it to this course page.",
        address=url_for("launching.open_deep_linking", placement=request.args.get("placement")),
    )


@pages.post("/placements/<placement_id>/duplicate")
def duplicate_placement(placement_id: str) -> Response:
    """Duplicate an activity."""
    if current_person().is_student:
        abort(403)
    placement = current_lms().placements.find(placement_id)
    if placement is None:
        abort(404)
    current_lms().duplicate(placement)
    return redirect(url_for("pages.show_course"), 303)


@pages.get("/review/<int(max=2147483647):line_item_id>/<user_id>")
def show_review(line_item_id: int, user_id: str) -> str:
    """Show in the tool what stands behind one cell of the gradebook."""
    item, subject = current_lms().gradebook.line_item(line_item_id), current_lms().course.person(user_id)
    if item is None or subject is None:
        abort(404)
    return render_template(
        "tool.html",
        title=f"{item.label}: {subject.name}",
        text="The tool shows the work behind this grade (submission review).",
        address=url_for("launching.open_review", line_item_id=item.id, user_id=subject.id),
    )


@pages.get("/gradebook")
def show_gradebook() -> str:
    """Show the gradebook; a student sees only their own row."""
    lms, person = current_lms(), current_person()
    rows: tuple[Person, ...] = (person,) if person.is_student else lms.course.students
    cells = {(score.user_id, score.line_item_id): score for score in lms.gradebook.scores()}
    overrides = lms.gradebook.overrides()
    items = lms.gradebook.line_items()
    return render_template("gradebook.html", items=items, rows=rows, cells=cells, overrides=overrides)


@pages.post("/gradebook/<int(max=2147483647):line_item_id>/<user_id>")
def override_grade(line_item_id: int, user_id: str) -> Response:
    """Change a grade in the gradebook, as an instructor may; an empty field undoes it."""
    item, student = current_lms().gradebook.line_item(line_item_id), current_lms().course.person(user_id)
    if current_person().is_student or item is None or student is None:
        abort(403 if current_person().is_student else 404)
    points = request.form.get("points", type=float)
    if points is not None and not 0 <= points <= LARGEST_GRADE:
        abort(422)
    current_lms().gradebook.override(item.id, student.id, points)
    return redirect(url_for("pages.show_gradebook"), 303)


@pages.post("/gradebook/<int(max=2147483647):line_item_id>/delete")
def delete_column(line_item_id: int) -> Response:
    """Delete a column with its grades."""
    if current_person().is_student:
        abort(403)
    current_lms().gradebook.delete(line_item_id)
    return redirect(url_for("pages.show_gradebook"), 303)


@pages.get("/log")
def show_log() -> str:
    """Show every message, newest first."""
    before = request.args.get("before", type=int)
    entries = current_lms().journal.page(before=before and min(before, NEWEST), size=LOG_PAGE + 1)
    older = entries[LOG_PAGE - 1].id if len(entries) > LOG_PAGE else None
    return render_template("log.html", entries=entries[:LOG_PAGE], older=older, before=before)


@pages.post("/log/clear")
def clear_log() -> Response:
    """Forget every message."""
    current_lms().journal.clear()
    return redirect(url_for("pages.show_log"), 303)


@pages.get("/mail")
def show_mail() -> str:
    """Show the mail that the tool has sent; a student sees only what came to them."""
    person, mails = current_person(), current_lms().mailbox.all()
    own = [mail for mail in mails if mail.recipient == person.email] if person.is_student else mails
    return render_template("mail.html", mails=own, only_mine=person.is_student)


@pages.get("/mail/<int(max=2147483647):mail_id>/html")
def show_mail_as_html(mail_id: int) -> Response:
    """Show one mail as a mail program does: without scripts, and with nothing fetched from elsewhere."""
    person = current_person()
    mail = next((mail for mail in current_lms().mailbox.all() if mail.id == mail_id), None)
    if mail is None or (person.is_student and mail.recipient != person.email):
        abort(404)
    answer = make_response(mail.html)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups"
    return answer


@pages.post("/mail/clear")
def clear_mail() -> Response:
    """Forget all mail."""
    if current_person().is_student:
        abort(403)
    current_lms().mailbox.clear()
    return redirect(url_for("pages.show_mail"), 303)


@pages.get("/faults")
def show_faults() -> str:
    """Show how the LMS misbehaves now, and offer to change it."""
    return _faults_page(None)


@pages.post("/faults")
def set_fault() -> Response | tuple[str, int]:
    """Let one service misbehave."""
    form = request.form
    try:
        current_lms().faults.set(
            form.get("service", ""),
            form.get("kind", ""),
            status=int(form.get("status", "403")),
            seconds=float(form.get("seconds") or "10"),
            times=int(form["times"]) if form.get("times") else None,
        )
    except ValueError as error:
        return _faults_page(f"Fault not added: {error}."), 422
    return redirect(url_for("pages.show_faults"), 303)


@pages.post("/reinstall")
def reinstall() -> Response:
    """Remove the tool and install it again: the LMS gives the installation another deployment id."""
    if current_person().is_student:
        abort(403)
    current_lms().install_anew()
    return redirect(url_for("pages.show_faults", _anchor="installation"), 303)


@pages.post("/faults/reset")
def reset_faults() -> Response:
    """Behave well again."""
    current_lms().faults.reset()
    return redirect(url_for("pages.show_faults"), 303)


def _faults_page(problem: str | None) -> str:
    return render_template(
        "faults.html",
        services=SERVICES,
        kinds=KINDS,
        refusals=REFUSALS,
        problem=problem,
        deployment_id=current_lms().deployment_id,
    )


@pages.post("/person")
def change_person() -> Response:
    """Become another person of the course, and stay on the page."""
    person = current_lms().course.person(request.form.get("person", ""))
    if person is None:
        abort(404)
    play(person)
    target = request.form.get("next", "/")
    is_local = target.startswith("/") and not target.startswith(("//", "/\\"))
    return redirect(target if is_local else "/", 303)
