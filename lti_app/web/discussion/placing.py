"""What a script gets that has posted or edited in place: the post, and all that it changes elsewhere on the page."""

from flask import render_template, request, url_for

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, may
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.reviewing.queries.tasks import list_tasks
from lti_app.discussion.stances.queries import get_stances
from lti_app.discussion.threads.queries import get_overview, read_posts
from lti_app.discussion.threads.rules import Jumps
from lti_app.grading.assessments.queries.points import get_points
from lti_app.grading.assessments.queries.waiting import count_waiting
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.notices.feed.queries.standing import get_standing
from lti_app.web.discussion.cards import PageCards
from lti_app.web.discussion.forms.drafting import circumstances_with, own_participation
from lti_app.web.discussion.forms.starting import groups_of, names_of, narrowed
from lti_app.web.transactions import now, read_session


def placed(actor: Actor, discussion_id: int, address: str, *, message: str, is_held: bool) -> str:
    """The post at an address with the first post of its thread; the verdicts on all of its author's posts, which may be
    others now; the numbers of the discussion and the thread, and the author's participation.
    """
    session = read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    groups = groups_of(session, actor, discussion)
    discussion = narrowed(discussion, groups, request.args.get("group"))
    own = own_participation(actor, discussion)
    verdicts = own.verdicts if own else None
    overview = get_overview(session, actor, discussion)
    page = read_posts(
        session,
        actor,
        discussion,
        {address, address.partition(".")[0]},
        circumstances=circumstances_with(session, actor, discussion, own),
        outline=overview.outline,
    )
    can_grade = may(actor, DiscussionPermission.GRADE)
    waiting = count_waiting(session, actor, discussion) if can_grade else None
    points = get_points(session, actor, discussion, actor.person_id, verdicts) if verdicts else None
    following = url_for("threads.next_post", discussion_id=discussion_id, kind="own")
    told = {
        "discussion": discussion,
        "is_staff": actor.is_staff,
        "can_grade": can_grade,
        "stance": get_stances(session, actor, discussion),
        "followed": get_standing(session, actor, discussion).threads,
        "base_url": url_for("discussions.show", discussion_id=discussion_id),
        "group_names": names_of(groups),
        "activity": overview.activity,
        "page": page,
        "liked": frozenset(line.id for line in page.lines if line.is_liked),
        "new": overview.unread,
        "to_new": Jumps((), url_for("threads.next_post", discussion_id=discussion_id, kind="unread")),
        "to_own": Jumps((), following),
        "post_verdicts": verdicts.posts if verdicts else {},
        "own_posts": own.facts if own else (),
        "progress": verdicts,
        "points": points,
        "rubric": get_rubric(session, discussion) if points else None,
        "review_tasks": list_tasks(session, actor, discussion, now=now()) if verdicts else (),
        "review_count": waiting.to_review if waiting else 0,
        "ungraded_count": waiting.to_grade if waiting else 0,
        "knows_prompt": True,
    }
    cards = PageCards(actor, discussion, page, told)
    return render_template(
        "discussion/posts/placed.html", cards=cards, address=address, message=message, is_held=is_held, **told
    )
