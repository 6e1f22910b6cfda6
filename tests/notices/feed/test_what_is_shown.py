"""A notice tells what its reader may see when they look, held to the oracle of who sees which post."""

import pytest

from lti_app.discussion.discussions.queries.course import list_views
from lti_app.notices.feed.actions.writing import write_notices
from lti_app.notices.feed.models import Notice
from lti_app.notices.feed.queries.notices import count_unread, list_notices, select_notices
from lti_app.notices.feed.queries.standing import get_standing
from lti_app.notices.feed.rules.kinds import NoticeDraft, NoticeKind, of_post
from tests.discussion.visibility import oracle
from tests.discussion.visibility.looks import LOOKS, name_of
from tests.discussion.visibility.world import VIEWERS, World, build


@pytest.fixture
def world(session, cast, clock) -> World:
    """Everybody was told of every post, as if it had been in front of everybody once."""
    world = build(session, cast, clock)
    everybody = [world.actor(viewer).person_id for viewer in VIEWERS]
    drafts = [
        NoticeDraft(
            person_id,
            cast.course_id,
            NoticeKind.FOLLOWED,
            of_post(post_id),
            at=clock(),
            discussion_id=world.discussions[place],
            post_id=post_id,
        )
        for post_id, (place, _case) in world.cases.items()
        for person_id in everybody
    ]
    write_notices(session, drafts, now=clock())
    return world


def test_only_what_the_oracle_lets_each_person_read(session, world):
    for viewer in VIEWERS:
        actor = world.actor(viewer)
        ids = session.scalars(
            Notice.__table__.select().with_only_columns(Notice.id).where(Notice.person_id == actor.person_id)
        ).all()
        found = {
            line.post_id: (str(line.words.values.get("name", "")), bool(line.html))
            for line in select_notices(session, actor, ids, now=world.clock())
        }
        expected = {
            post_id: (name_of(world, viewer, place, post), True)
            for post_id, (place, post) in world.cases.items()
            if oracle.reads(viewer, place) and oracle.says(viewer, place, post)
        }
        assert found == expected, viewer
        views = list_views(session, actor, world.clock())
        assert count_unread(session, actor, views) == len(expected), viewer
        assert list_notices(session, actor, now=world.clock()).unread_count == len(expected), viewer


def test_the_page_of_a_discussion_counts_the_same(session, world):
    for viewer, place in LOOKS:
        standing = get_standing(session, world.actor(viewer), world.view(viewer, place))
        expected = [
            post
            for post in world.posts(place).values()
            if oracle.reads(viewer, place) and oracle.says(viewer, place, post)
        ]
        assert standing.unread == len(expected), (viewer, place)
