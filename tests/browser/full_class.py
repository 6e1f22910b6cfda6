"""A class in which something stands on every page: groups, later dates, reports, a file to read, an import, a draft."""

import io
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor, Role
from lti_app.course.groups.actions import split_students
from lti_app.discussion.discussions.actions.extensions import extend
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Anonymity, Calendar, DiscussionSettings, StanceQuestion, Structure
from lti_app.discussion.drafts.actions import save_draft
from lti_app.discussion.drafts.rules import DraftContent, DraftKind, DraftPlace
from lti_app.discussion.moderation.actions import change_post, reply_privately, report_post
from lti_app.discussion.moderation.rules import ModerationAction, ReportReason
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.reviewing.rules.plans import ReviewWeights
from lti_app.exchange.importing.rules.prepare import ImportFile
from lti_app.grading.comments.actions import save_comment
from lti_app.grading.graders.rules.blind import BlindPurpose
from lti_app.grading.marking.actions.rows import begin_marking
from lti_app.grading.rubrics.actions.copy import copy_rubric
from lti_app.grading.rubrics.actions.library import create_rubric
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.ready import READY
from lti_app.library.files.actions import store_file
from lti_app.library.files.rules import Purpose, Right, Rights
from lti_app.library.readings.actions.file import set_reading_file
from lti_app.library.readings.actions.passages import find_or_add_passage
from lti_app.participation.requirements.registry import to_stored
from tests.browser.site import Site
from tests.browser.states import acting, find, person_of
from tests.factories import files
from tests.factories.imports import preview
from tests.factories.reviews import assign, plan_reviews, review, tasks_of

ARABIC = (
    "كانت خالتي تدير عبّارات الميناء أحد عشر عامًا، وما زال الطاقم يروي عنها قصتين. في الأولى تقف على الرصيف في "
    "السادسة صباحًا وتعدّ سترات النجاة، وفي الثانية تقول للمجلس إن العبّارات ستعمل ليلًا أو لا تعمل أبدًا "
    "[Zaleznik 1977, p. 70]. وهذا أقرب إلى Kotter [Kotter 1990, p. 104]."
)
TABLE = b"author,date,text\nNadia,2026-02-03 10:00,One account is enough.\nBen,tomorrow,Is it?\nBen,2026-02-04,\n"
WEIGHTS = ReviewWeights(Decimal(60), Decimal(30), Decimal(10))
PAGES = (["What leaders really do", "Leadership is different from management."], ["Each has its own function."])


@dataclass(frozen=True)
class Filled:
    """What has to be named in the addresses of pages."""

    address: str
    """Of the thread."""
    reported: int
    own: int
    draft: int
    imported: int
    passage: int
    rubric: int
    """One of the library."""
    criterion: int
    comment: int
    """One that the instructor has saved."""
    review_key: str
    """Of a review that Amara is to write."""


def fill(site: Site) -> Filled:
    """Let much happen in Week 3, and set up Week 4 with groups, without names, and with a stance."""
    with site.parts.database.writing() as session:
        miriam = acting(session, site, "miriam", Role.INSTRUCTOR)
        _give_article(session, site, miriam)
        _gather_week_4(session, site, miriam)
        discussion = find(session, site, miriam, "Are leaders")
        written = _write(session, site, miriam, discussion)
        begin_marking(session, discussion, [person_of(session, site, "quinn")], BlindPurpose.SECOND)
        upload = ImportFile(content=TABLE, zone="Europe/Berlin", name="thread.csv")
        return Filled(
            *written,
            imported=preview(session, miriam, discussion, upload, now=site.clock()),
            rubric=create_rubric(session, miriam, READY["weekly"]),
            criterion=get_rubric(session, discussion).criteria[0].id,
            comment=save_comment(session, miriam, text="Well argued, {name}.", now=site.clock()),
            passage=find_or_add_passage(session, 1, page="104", exact="Each has its own function."),
            review_key=_review(session, site, miriam, discussion),
        )


def _review(session: Session, site: Site, miriam: Actor, discussion: DiscussionView) -> str:
    """Let Week 3 be reviewed, somebody review Amara, and Amara begin: the key of what she is to write next."""
    now, first_due = site.clock(), discussion.class_calendar.first_post_due
    due = (first_due or now) + timedelta(hours=1)
    discussion = plan_reviews(session, miriam, discussion, due=due, self_review=True, weights=WEIGHTS)
    assign(session, miriam, discussion, now=now)
    amara = acting(session, site, "amara", Role.STUDENT)
    for key in ("ben", "dana", "elif", "farid", "grace", "hana", "jakub"):
        reviewer = acting(session, site, key, Role.STUDENT)
        if amara.person_id in {task.author_id for task in tasks_of(session, reviewer, discussion, now=now)}:
            review(session, reviewer, discussion, amara, now=now, comment="أوضحت الحجة، وبقي أن تستشهد بها.")
    review(session, amara, discussion, amara, now=now, comment="I would cite more.")
    return next(task.key for task in tasks_of(session, amara, discussion, now=now) if not task.submitted_at)


def _give_article(session: Session, site: Site, miriam: Actor) -> None:
    about = {"name": "article.pdf", "purpose": Purpose.READING, "rights": Rights(Right.OWN_WORK), "now": site.clock()}
    file = store_file(session, miriam, site.parts.storage, io.BytesIO(files.pdf(*PAGES)), **about)
    set_reading_file(session, miriam, 1, file_id=file.id, first_page=103, now=site.clock())


def _gather_week_4(session: Session, site: Site, miriam: Actor) -> None:
    now = site.clock()
    discussion = find(session, site, miriam, "Week 4")
    settings = DiscussionSettings(
        title="Does change need a crisis?",
        prompt="Kotter wants a sense of urgency. How much of it is honest?",
        points=Decimal(10),
        calendar=Calendar(first_post_due=now + timedelta(days=2), closes_at=now + timedelta(days=5)),
        requirements=to_stored({"first_post_words": 5, "replies_wanted": 1, "reply_words": 0}),
        post_first=False,
        reading_ids=(1,),
        required_ids=frozenset({1}),
        structure=Structure.GROUPS,
        anonymity=Anonymity.BLIND,
        stance=StanceQuestion(text="Does change need a crisis?", low="never", high="always"),
    )
    about = {"settings": settings, "version": discussion.version, "now": now}
    copy_rubric(session, save_settings(session, miriam, discussion.id, **about))
    split_students(session, miriam, 3, name_of=lambda number: f"Group {number}", everybody=True)
    later = {"dates": Calendar(first_post_due=now + timedelta(days=4)), "note": "A letter was seen.", "now": now}
    discussion = find(session, site, miriam, "Does change")
    extend(session, miriam, discussion, person_id=person_of(session, site, "amara"), **later)


def _write(session: Session, site: Site, miriam: Actor, discussion: DiscussionView) -> tuple[str, int, int, int]:
    """A thread in Arabic that is argued about; returns its address, it, Amara's reply, and Jakub's draft."""
    now = site.clock()
    amara, jakub, nadia = (acting(session, site, key, Role.STUDENT) for key in ("amara", "jakub", "nadia"))
    first = create_post(session, nadia, discussion, PostContent(ARABIC), parent_id=None, now=now)
    edit_post(session, nadia, discussion, first.id, PostContent(f"{ARABIC} وهذا رأيي."), version=1, now=now)
    own = create_post(session, amara, discussion, PostContent("Who counts, then? من يعدّ؟"), parent_id=first.id, now=now)
    gone = create_post(session, nadia, discussion, PostContent("لا أحد يعدّ الآن."), parent_id=own.id, now=now)
    reply_privately(session, miriam, discussion, own.id, "Between us: this is your best yet.", now=now)
    why = {"reason": ReportReason.PRIVACY, "words": "تذكر اسم الممرضة.", "now": now}
    report_post(session, amara, discussion, first.id, **why)
    place = DraftPlace(DraftKind.REPLY, gone.id)
    save_draft(session, jakub, discussion, place, DraftContent("I would have said that, too."), now=now)
    change_post(session, miriam, discussion, gone.id, ModerationAction.HIDE, reason="Please without the name.", now=now)
    return first.address, first.id, own.id, 1
