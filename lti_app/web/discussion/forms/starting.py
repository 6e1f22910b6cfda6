"""What starting a thread asks for besides its text: a title where there are topics, a group where groups are apart."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.course.groups.queries import GroupLine, list_groups
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Structure
from lti_app.web.discussion.forms.posts import PostForm
from lti_app.web.group_names import group_name


def groups_of(session: Session, actor: Actor, discussion: DiscussionView) -> list[GroupLine]:
    """The groups whose threads the actor reads here; none, and no statement, where groups are not apart."""
    if discussion.structure is not Structure.GROUPS:
        return []
    return list_groups(session, actor, discussion.group_kind)


def narrowed(discussion: DiscussionView, groups: list[GroupLine], asked: str | None) -> DiscussionView:
    """The discussion as the page shows it where the address asks for one of these groups."""
    chosen = next((group.id for group in groups if f"{group.id}" == asked), None)
    return replace(discussion, shown_group_id=chosen)


def starting(
    shown: dict[str, Any], groups: list[GroupLine], discussion: DiscussionView, actor: Actor
) -> dict[str, Any]:
    """What a page shows with the form of a first post; without the form for whoever has no group to write for."""
    has_no_place = discussion.structure is Structure.GROUPS and not groups and not actor.is_staff
    if shown["form"] is not None:
        offer_start(shown["form"], groups, discussion)
    return shown | {
        "form": None if has_no_place else shown["form"],
        "offers_start": shown["offers_start"] and not has_no_place,
        "has_no_group": has_no_place,
        "groups": groups,
        "group_names": names_of(groups),
    }


def names_of(groups: list[GroupLine]) -> dict[int, str]:
    """What tells the posts of groups apart, where the reader sees those of several."""
    return {group.id: group_name(group) for group in groups} if len(groups) > 1 else {}


def offer_start(form: PostForm, groups: list[GroupLine], discussion: DiscussionView) -> PostForm:
    """Let the form ask for what a first post needs."""
    form.starts, form.groups = True, groups
    form.is_titled = discussion.structure is Structure.TOPICS
    if form.group.data is None and discussion.shown_group_id:
        form.group.data = str(discussion.shown_group_id)
    return form
