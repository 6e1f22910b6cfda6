"""What changes a discussion."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from lti_app.core.prose import clean_line, clean_text, to_html
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.access import Permission, require
from lti_app.discussion.discussions.errors import DatesOutOfOrder, SetUpChanged, UnknownReading
from lti_app.discussion.discussions.models import Discussion, DiscussionReading, Pseudonym
from lti_app.discussion.discussions.queries import DiscussionView, get_discussion
from lti_app.discussion.discussions.rules import MAX_TITLE, Anonymity, SetUp, StanceQuestion, Structure, pseudonym
from lti_app.library.readings.models import Reading

DEFAULT_POINTS = Decimal(20)
DEFAULT_TITLE = "Discussion"


def reserve_discussion(
    session: Session, *, course_id: int, title: str, points: Decimal = DEFAULT_POINTS, now: datetime
) -> int:
    """Make the empty discussion behind a new placement; an instructor sets it up later. Returns its id."""
    discussion = Discussion(
        course_id=course_id,
        title=_title(title),
        prompt="",
        prompt_html="",
        points=points,
        first_post_words=0,
        replies_wanted=0,
        reply_words=0,
        post_first=True,
        version=0,
        root_count=0,
        post_count=0,
        structure=Structure.WHOLE_CLASS,
        anonymity=Anonymity.NAMED,
        stance_question="",
        stance_low="",
        stance_high="",
        created_at=now,
    )
    session.add(discussion)
    session.flush()
    return discussion.id


def set_up_discussion(  # one statement a field: long, not complex
    session: Session, actor: Actor, discussion_id: int, *, set_up: SetUp, version: int, now: datetime
) -> DiscussionView:
    """Save the set-up that an instructor decided on; `version` is that of the page they saw.

    Raises SetUpChanged when somebody saved another one meanwhile, DatesOutOfOrder and UnknownReading for a set-up
    that makes no sense, and what the gate raises.
    """
    get_discussion(session, actor, discussion_id, need=Permission.SET_UP, now=now)
    discussion = session.scalars(
        select(Discussion)
        .where(Discussion.id == discussion_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if discussion.version != version:
        raise SetUpChanged
    if wrong := set_up.calendar.out_of_order():
        raise DatesOutOfOrder(earlier=wrong[0], later=wrong[1])
    _store(discussion, set_up, now)
    _assign_readings(session, discussion, set_up)
    session.flush()
    return get_discussion(session, actor, discussion_id, now=now)


def write_prompt(session: Session, actor: Actor, discussion: DiscussionView, *, text: str, html: str) -> None:
    """Give a prompt its look: `html` is safe, and `text` what one would have typed. Raises Forbidden."""
    require(actor, Permission.SET_UP)
    session.execute(update(Discussion).where(Discussion.id == discussion.id).values(prompt=text, prompt_html=html))


def give_pseudonyms(session: Session, discussion_id: int, person_ids: Iterable[int]) -> None:
    """Give each of these people a name of their own in a discussion, once and for good (two statements).

    The caller holds the lock on the discussion's row, so that nobody is given a name at the same moment.
    """
    named = set(session.scalars(select(Pseudonym.person_id).where(Pseudonym.discussion_id == discussion_id)))
    unnamed = [person_id for person_id in dict.fromkeys(person_ids) if person_id not in named]
    rows = [
        {"discussion_id": discussion_id, "person_id": person_id, "name": pseudonym(discussion_id, nth)}
        for nth, person_id in enumerate(unnamed, start=len(named))
    ]
    if rows:
        session.execute(insert(Pseudonym), rows)


def name_everybody(session: Session, actor: Actor, discussion: DiscussionView) -> None:
    """Give every student of the course a pseudonym, in no order that tells anything; raises Forbidden.

    Who is graded without a name is seen under another one before they have written too.
    """
    require(actor, Permission.GRADE)
    session.execute(select(Discussion.id).where(Discussion.id == discussion.id).with_for_update())
    students = select(Enrollment.person_id).where(
        Enrollment.course_id == actor.course_id, Enrollment.role == Role.STUDENT
    )
    give_pseudonyms(session, discussion.id, session.scalars(students.order_by(func.random())))


def reveal_names(session: Session, actor: Actor, discussion: DiscussionView, *, now: datetime) -> None:
    """From now on staff see the names in a blind discussion; classmates go on seeing pseudonyms. Raises Forbidden."""
    require(actor, Permission.GRADE)
    if discussion.anonymity is not Anonymity.BLIND:
        return
    session.execute(
        update(Discussion)
        .where(Discussion.id == discussion.id, Discussion.names_revealed_at.is_(None))
        .values(names_revealed_at=now)
    )


def _title(text: str) -> str:
    """One line, never empty: it is what the discussion's links are called."""
    return clean_line(text, MAX_TITLE) or DEFAULT_TITLE


def _store(discussion: Discussion, set_up: SetUp, now: datetime) -> None:
    discussion.title = _title(set_up.title)
    prompt = clean_text(set_up.prompt)
    # Without scripts the words alone come back: while they are the same, so is their look.
    if prompt != discussion.prompt:
        discussion.prompt, discussion.prompt_html = prompt, to_html(prompt)
    discussion.points = set_up.points
    discussion.opens_at = set_up.calendar.opens_at
    discussion.first_post_due = set_up.calendar.first_post_due
    discussion.replies_due = set_up.calendar.replies_due
    discussion.closes_at = set_up.calendar.closes_at
    discussion.first_post_words = set_up.first_post_words
    discussion.replies_wanted = set_up.replies_wanted
    discussion.reply_words = set_up.reply_words
    discussion.post_first = set_up.post_first
    discussion.structure, discussion.wanted_move = set_up.structure, set_up.wanted_move
    discussion.group_kind, discussion.edit_minutes = set_up.group_kind, set_up.edit_minutes
    stance = set_up.stance or StanceQuestion("", "", "")
    discussion.stance_question = clean_line(stance.text)
    discussion.stance_low, discussion.stance_high = clean_line(stance.low), clean_line(stance.high)
    if not discussion.post_count:  # what was promised to those who have written is kept
        discussion.anonymity = set_up.anonymity
    discussion.prepared_at = discussion.prepared_at or now
    discussion.version += 1


def _assign_readings(session: Session, discussion: Discussion, set_up: SetUp) -> None:
    if _count_known(session, discussion.course_id, set_up.reading_ids) != len(set(set_up.reading_ids)):
        raise UnknownReading
    session.execute(delete(DiscussionReading).where(DiscussionReading.discussion_id == discussion.id))
    session.add_all(
        DiscussionReading(
            discussion_id=discussion.id, reading_id=reading_id, position=n, required=reading_id in set_up.required_ids
        )
        for n, reading_id in enumerate(dict.fromkeys(set_up.reading_ids))
    )


def _count_known(session: Session, course_id: int, reading_ids: Iterable[int]) -> int:
    count = select(func.count()).where(Reading.course_id == course_id, Reading.id.in_(reading_ids))
    return session.scalar(count) or 0
