"""What a post begins with where its writer comes from a post or a passage: `?quote=`, `?part=` and `?cite=`."""

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.queries.views import PostView
from lti_app.discussion.posts.rules.citing import Cited
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.posts.rules.quoting import quoted_passage, quoted_post
from lti_app.library.readings.queries import get_passage

Begun = dict[str, str]
"""Fields of a PostForm."""


def quotation_asked_for(parent: PostView, base_url: str) -> Begun:
    """The post that one answers, or the selected part of it, as a quotation; empty where none is asked for."""
    if "quote" not in request.args or not parent.html:
        return {}
    before, _mark, after = _("%(address)s wrote:", address="\0").partition("\0")
    href = f"{base_url}?at={parent.address}#p{parent.address}"
    part = request.args.get("part", "")
    html = quoted_post(parent.html, part, href=href, address=parent.address, words=(before, after))
    return {"text": html, "format": Format.HTML.value}


def passage_asked_for(session: Session, actor: Actor, discussion: DiscussionView) -> Begun:
    """The passage that one comes from, quoted and cited; empty where it is of no reading of this discussion."""
    passage_id = request.args.get("cite", type=int)
    if passage_id is None:
        return {}
    try:
        passage = get_passage(session, actor, passage_id)
    except NotFound:
        return {}
    reading = next((one for one in discussion.readings if one.id == passage.reading_id), None)
    if reading is None:
        return {}
    cited = Cited(reading.id, passage.place.page, passage.place.paragraph, passage.id)
    return {"text": quoted_passage(reading, cited, passage.place.exact), "format": Format.HTML.value}
