"""What the calls need besides ids, and which of them answer otherwise than by NotFound."""

import io
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from obstore.store import MemoryStore

from lti_app.discussion.discussions.rules import Calendar
from lti_app.discussion.drafts.rules import DraftContent, DraftKind, DraftPlace, DraftRef
from lti_app.discussion.moderation.rules import ModerationAction, ReportReason
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.exchange.exporting.rules.data import ExportFormat, Scope
from lti_app.exchange.importing.rules.posts import ImportChoices, ImportMode
from lti_app.exchange.importing.rules.prepare import ImportFile, prepare_import
from lti_app.grading.adjustments.rules.curves import CurveKind
from lti_app.grading.adjustments.rules.late import LateRule, LateUnit
from lti_app.grading.assessments.actions.curving import CurveRequest
from lti_app.grading.comments.rules.anchors import Anchor
from lti_app.grading.rubrics.rules.criteria import NO_RUBRIC, CriterionMark
from lti_app.grading.rubrics.rules.ready import DEFAULT_RUBRIC
from lti_app.library.files.rules import Limits, Purpose, Right, Rights
from lti_app.library.passages.rules import Page, TextStorage
from lti_app.library.readings.rules import PassagePlace, to_csl
from lti_app.notices.messages.rules import MessageContent
from lti_app.participation.matrix.rules.proposals import RuleProposal
from lti_app.participation.requirements.evaluation import Verdicts
from lti_app.participation.what_if.queries import RuleChange
from lti_app.storage.bucket import BucketStorage
from tests.cast import MONDAY
from tests.factories import files
from tests.factories.discussions import plan
from tests.factories.readings import KOTTER
from tests.tenancy.world import FILE, LATER

Ids = Mapping[str, int]
ADD_2 = CurveRequest(CurveKind.ADD, Decimal(2), is_capped=True)

VALUES: dict[str, Any] = {
    "notices.messages.send_message.content": MessageContent("Hello", "Do come to my office hour."),
    "cited": PassagePlace(page="104"),
    "change": RuleChange((), Calendar()),
    "comment": "Well argued.",
    "csl": to_csl(KOTTER),
    "dates": LATER,
    "action": ModerationAction.HIDE,
    "draft": DraftRef(),
    "drafted": DraftContent("As far as this, and further"),
    "stored_as": TextStorage.TEXT,
    "mark": CriterionMark(),
    "marks": {},
    "marked_with": 0,
    "is_submitted": True,
    "name": "Two",
    "note": "",
    "plan": DEFAULT_RUBRIC,
    "pages": [Page("104", "Leaders cope with change, and managers with complexity. " * 20)],
    "names": {},
    "purpose": Purpose.ATTACHMENT,
    "read": True,
    "reason": ReportReason.OTHER,
    "sellers": frozenset(),
    "settings": plan(),
    "seed": "a1",
    "anchor": Anchor(),
    "comments": [],
    "criterion": "Content",
    "level": "Excellent",
    "titles": ["Content"],
    "values": {},
    "text": "See me about this.",
    "through_library": True,
    "prepared": prepare_import(ImportFile(FILE, "UTC"), (), now=MONDAY),
    "version": 1,
    "wanted": True,
    "choices": ImportChoices(ImportMode.READ_ONLY),
    "words": "See for yourself",
    "written": PostContent("A new thought on what leaders do."),
    "since": MONDAY,
    "discussion.read_state.ask_for_news.since": 0,
    "storage": BucketStorage(MemoryStore(), prefix="files"),
    "stream": io.BytesIO(files.pdf(["x"])),
    "requirements": (),
    "proposal": RuleProposal({"first_post_words": 9}),
    "rights": Rights(Right.OPEN_LICENCE, "CC BY 4.0"),
    "limits": Limits(),
    "first_page": 1,
    "verdicts": {},
    "ticked": {},
    "grading.assessments.get_points.verdicts": Verdicts(()),
    "answer": "See the new grade.",
    "is_excused": True,
    "is_held": True,
    "seen_versions": {},
    "is_waived": True,
    "rule": LateRule(LateUnit.POINTS, Decimal(1)),
    "seen": None,
    "fingerprint": "",
    "grading.assessments.preview_curve.wanted": ADD_2,
    "grading.assessments.apply_curve.wanted": ADD_2,
    "grading.assessments.waive_late.reason": "Ill",
    "discussion.posts.get_post.need": PostPermission.READ,
    "grading.assessments.assess.version": 1,
    "discussion.moderation.change_post.reason": "Not here",
    "discussion.moderation.split_thread.reason": "Not here",
    "grading.reviews.get_peer_spread.rubric": NO_RUBRIC,
    "grading.reviews.set_counted.reason": "Not about this post",
    "grading.reviews.set_counted.wanted": False,
    "exchange.exporting.select_for_export.scope": Scope.ONE,
    "exchange.exporting.select_for_export.kind": ExportFormat.CSV,
}
"""Good values, by parameter, or by function and parameter."""

CARRIED: dict[str, Callable[[Ids], Any]] = {
    "place": lambda ids: DraftPlace(DraftKind.REPLY, ids["post_id"]),
    "moved": lambda ids: {ids["person_id"]: ids["group_id"]},
}
"""What is no id but has ids in it."""

WITHOUT = {
    "grading.graders.assign_grader": {"person_id": "group_id", "group_id": "person_id"},
    "discussion.discussions.extend": {"person_id": "group_id", "group_id": "person_id"},
}
"""Where one id is given, the other is not."""

OTHERWISE_CALLED = {
    "notices.following.unfollow.root_id": "post_id",
    "grading.assessments.change_post_comment.comment_id": "post_comment_id",
    "grading.marking.decide_marking.person_id": "marked_id",
    "grading.marking.end_marking.person_id": "marked_id",
    "grading.marking.get_marking.person_id": "marked_id",
    "grading.marking.lock_marking.person_id": "marked_id",
    "grading.marking.save_marking.person_id": "marked_id",
    "grading.reviews.get_peer_spread.author_id": "person_id",
    "grading.rubrics.delete_rubric.rubric_id": "library_rubric_id",
    "grading.rubrics.get_library_rubric.rubric_id": "library_rubric_id",
    "grading.rubrics.save_rubric.rubric_id": "library_rubric_id",
    "grading.rubrics.share_rubric.rubric_id": "library_rubric_id",
    "grading.rubrics.get_rubric.version_id": "rubric_id",
    "library.readings.set_reading_file.file_id": "reading_file_id",
}
"""Which of a place's ids such a parameter takes, if not the one of its name."""

NO_IDS = {"discussion.answers.list_unanswered.first_id": "where a page of the list begins"}

AS_STUDENT = ("discussion.answers.claim_answer", "discussion.moderation.report_post")
"""What instructors do not do, or may not."""

AS_FOR_NOTHING: dict[str, str] = {
    "notices.feed.mark_read": "reaches only the actor's own notices",
    "notices.feed.select_notices": "reaches only the actor's own notices",
    "notices.following.unfollow": "no longer following what one does not follow changes nothing",
    "notices.messages.list_recipients": "who is no student of the course is left out",
    "course.courses.get_actor": "a visit is of one course",
    "discussion.read_state.ask_for_news.course_id": "a visit is of one course",
    "course.groups.place_students": "a form may be older than the class list; what is not of the course is passed over",
    "discussion.answers.release_answer": "taking back what one does not have changes nothing",
    "discussion.drafts.discard_draft": "reaches only the actor's own drafts",
    "discussion.drafts.get_draft": "reaches only the actor's own drafts",
    "discussion.citations.count_citations_by_passage": "what nobody here cites has no counts",
    "discussion.citations.get_citation_map.passage_id": "a passage that nobody here cites narrows the map to nothing",
    "discussion.citations.list_citing_discussions": "no discussion here assigns it",
    "discussion.drafts.delete_posted_draft": "reaches only the actor's own drafts",
    "discussion.moderation.list_history": "nothing was done here to a post that is not here",
    "course.groups.collect_groups_of": "who is not of the course is in no group of it",
    "course.groups.collect_members": "a group that is not of the course has no members",
    "grading.assessments.refuse_while_blind": "nobody marks somebody elsewhere independently here",
    "grading.marking.choose_calibration": "who is not a student here is passed over",
    "grading.graders.distribute_students": "who is not on the staff or no student here is passed over",
    "grading.assessments.excuse": "who is not a student here is passed over",
    "grading.assessments.give_lowest": "who is not a student here is passed over",
    "grading.assessments.hold_back": "who is not a student here is passed over",
    "grading.assessments.remove_curve": "who is not a student here is passed over",
    "grading.assessments.take_back_all": "who is not a student here has no released grade",
    "grading.assessments.waive_late": "who is not a student here is passed over",
    "grading.assessments.apply_curve": "nobody elsewhere is in the preview",
    "grading.assessments.preview_curve": "who is not a student here is passed over",
    "grading.assessments.list_history": "nothing was done here with a grade of somebody elsewhere",
    "grading.assessments.list_looks": "nobody elsewhere has asked here",
    "grading.reviews.get_peer_spread": "nobody here has reviewed a student elsewhere",
    "grading.assessments.release_all": "who is not a student here is passed over",
    "exchange.exporting.select_for_export": "of those who have written nothing here",
    "exchange.importing.discard_import.import_id": "repeating it changes nothing",
    "participation.matrix.collect_counted_posts": "of the verdicts in hand",
    "grading.assessments.list_excused": "nobody is excused in what is elsewhere",
    "participation.contributions.collect_own_posts": "of those who have written nothing here",
    "participation.contributions.collect_posts_in": "of those who have written nothing here",
    "participation.progress.collect_class_facts": "of those who have written nothing here",
    "participation.progress.collect_class_work": "of those who have written nothing here",
    "participation.what_if.list_standing_changes": "of those who have done nothing here",
    "participation.progress.collect_term_verdicts": "of the discussions in hand",
    "participation.progress.get_participation": "of those who have done nothing here",
    "discussion.discussions.remove_extension": "repeating it changes nothing",
    "discussion.integrity.list_similar_posts": "of the ids that a page shows, those that are of the course",
    "discussion.posts.find_attachable": "of the ids in a text, those that may be attached",
    "discussion.posts.refuse_named_files": "of the ids in a form, those that may be attached",
    "discussion.posts.list_shown_files": "of the ids in a text, those that the actor may look at",
    "discussion.reactions.liked_posts": "of the ids that a page shows, those that the actor likes",
    "grading.assessments.list_bank": "of the actor's own comments, but for those to nobody here",
    "grading.assessments.list_post_comments": "a student without comments has none",
    "grading.assessments.list_passed": "a student whom no pass has marked is not among them",
    "grading.assessments.get_assessment": "a student without marks has none",
    "grading.assessments.collect_edited_texts": "of those who have edited nothing here",
    "grading.assessments.list_posts_in_context": "of those who have written nothing here",
    "grading.passbacks.get_passback": "a student without a released grade has none",
    "grading.points.get_sent_points": "a student whose points were not sent has none",
    "grading.assessments.get_points": "a student who has done nothing here has no points",
    "grading.passbacks.keep_shown": "a discussion without scores has none to keep",
    "grading.passbacks.request_check": "a discussion without scores has none to read back",
    "grading.passbacks.retry_passbacks": "a discussion without scores has none to send",
    "grading.passbacks.send_over": "a discussion without scores has none to send",
    "library.files.list_files": "of the ids in a text, those that are of the course",
    "library.readings.read_excerpt": "nothing can be read of what is elsewhere",
    "library.readings.list_progress": "nobody here has got anywhere in what is elsewhere",
    "library.readings.list_class_progress": "of the ids that a page shows, those that are of the course",
}
"""These answer as they would for an id that nothing has, and why that is the right answer."""

FOUND = frozenset(AS_FOR_NOTHING) & {
    "course.courses.get_actor",
    "discussion.citations.count_citations_by_passage",
    "discussion.citations.list_citing_discussions",
    "discussion.drafts.get_draft",
    "exchange.exporting.select_for_export",
    "participation.contributions.collect_own_posts",
    "participation.progress.collect_class_facts",
    "participation.progress.collect_class_work",
    "participation.progress.get_participation",
    "discussion.posts.find_attachable",
    "discussion.reactions.liked_posts",
    "grading.assessments.get_assessment",
    "grading.reviews.get_peer_spread",
    "grading.assessments.list_posts_in_context",
    "grading.passbacks.get_passback",
    "grading.points.get_sent_points",
    "library.files.list_files",
    "library.readings.list_class_progress",
}
"""Those of them that answer otherwise for what is of home."""

BEYOND_A_GATE: dict[str, str] = {
    "notices.feed.remind": "of the course that the worker has found",
    "notices.feed.write_digest": "of the course that the worker has found",
    "notices.outbox.prepare_mail": "of the mail that the worker has claimed",
    "notices.outbox.stop_address": "of the mail that the worker has claimed, or that came back",
    "notices.preferences.collect_recipients": "of the notices in hand",
    "notices.preferences.get_member": "of the mail or the calendar in hand",
    "course.courses.adopt_time_zone": "of the course that a launch or a visit is of",
    "course.courses.visitor_values": "of the course that a visit is asked for, in a statement",
    "course.people.record_time_zone": "of whoever acts",
    "course.courses.create_course": "of the installation that a launch comes from",
    "course.courses.name_in_course": "an expression, of the course that a query is about",
    "course.courses.record_launch": "of the course that a launch or a roster is of",
    "course.courses.record_member": "of the course that a launch or a roster is of",
    "course.courses.enroll": "of the course that a launch or a roster is of",
    "course.courses.deactivate_others": "of the course that a roster is of",
    "course.courses.end_visits_of_others": "of the person whom a launch names",
    "course.courses.record_listed_roles": "of the course that a roster is of",
    "course.courses.open_visit": "of the course that a launch is of",
    "course.courses.record_earlier": "of the contexts that a launch names",
    "course.courses.rename_course": "of the course that a launch is of",
    "course.groups.record_lms_groups": "of the course that a launch is of",
    "discussion.discussions.assign_pseudonyms": "of the discussion in hand",
    "discussion.discussions.copy_discussion": "of the course that a launch is of",
    "discussion.discussions.follow_title": "of the link that a launch is of",
    "discussion.discussions.replace_discussion": "of the link that a launch is of",
    "discussion.discussions.reserve_discussion": "of the course that a launch is of",
    "discussion.discussions.restore_discussion": "of the link that a launch is of",
    "discussion.integrity.screen": "of the post that was just written",
    "discussion.moderation.recount_thread": "of the thread in hand",
    "discussion.reviewing.assign_due": "of the discussion that the worker has found",
    "discussion.reviewing.begin_review": "of the review in hand",
    "grading.reviews.marks_of": "of the reviews in hand",
    "exchange.personal.collect_person": "of anybody, for the operator",
    "exchange.personal.erase_person": "of anybody, for the operator",
    "exchange.personal.owned_by": "of anybody, for the operator",
    "exchange.personal.preview_erasure": "of anybody, for the operator",
    "participation.what_if.compare_rules": "of the work in hand",
    "discussion.visibility.written_by": "of the viewer, in a statement",
    "participation.contributions.collect_activity": "of the discussions in hand",
    "participation.contributions.collect_posts": "of the discussion in hand",
    "grading.assessments.locked_students": "of the students in hand",
    "grading.assessments.switched": "of the students in hand",
    "grading.assessments.locked_or_new": "of the student in hand",
    "grading.assessments.collect_post_comments": "of the assessments in hand",
    "grading.assessments.collect_marks": "of the assessments in hand",
    "grading.graders.collect_graders": "of the students in hand",
    "grading.marking.begin_all": "of the students in hand",
    "grading.marking.begin_marking": "of the students in hand",
    "grading.rubrics.delete_criteria": "of the rubric in hand",
    "grading.assessments.copy_graded_discussion": "of the course that a launch is of",
    "exchange.streaming.retry": "of the deployment that the operator has named",
    "exchange.streaming.take_over_stream": "of the deployments that the operator has named",
    "exchange.streaming.to_row": "of the stream in hand",
    "exchange.streaming.turn_off": "of the deployment that the operator has named",
    "exchange.streaming.turn_on": "of the deployment that the operator has named",
    "exchange.streaming.was_told_of": "of the stream in hand",
    "grading.passbacks.column_plan_of": "of the discussion that a copy has answered with",
    "grading.passbacks.store_column_plan": "of the discussion that a gate or a copy has answered with",
    "grading.rubrics.newest_rubric": "of the discussion in hand",
    "grading.rubrics.store_rubric": "of the course or discussion in hand",
    "grading.points.queue_first_points": "of the assessments in hand",
    "grading.points.withdraw_first_points": "of the assessments in hand",
    "grading.passbacks.withdraw_unsent": "of the assessment in hand",
    "grading.passbacks.queue_passback": "of the assessment in hand",
    "grading.passbacks.queue_passbacks": "of the assessments in hand",
    "grading.passbacks.send_column_again": "of the placement in hand",
    "library.passages.check_many": "of the readings of the discussion in hand",
    "library.passages.check_quotations": "of the readings of the discussion in hand",
    "library.readings.find_or_add_passage": "of the reading in hand",
    "library.readings.forget_pages": "of the reading in hand",
    "library.readings.known_values": "of the passages that a post in hand names, in a statement",
    "library.readings.store_pages": "of the reading whose file the worker has read",
    "library.readings.with_progress": "of the actor",
}
"""These take ids that a gate, or the LMS's signed message, has answered for; the web gets at none of them."""
