"""The sentence of each notice."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from lti_app.core.wording import Phrase, nphrase, phrase
from lti_app.discussion.moderation.rules import ModerationAction
from lti_app.notices.feed.rules.kinds import NoticeKind

_NAMED = {
    NoticeKind.REPLY: phrase("%(name)s replied to you."),
    NoticeKind.MENTION: phrase("%(name)s mentioned you."),
    NoticeKind.FOLLOWED: phrase("New post by %(name)s."),
}
_NAMELESS = {
    NoticeKind.REPLY: phrase("You have a new reply."),
    NoticeKind.MENTION: phrase("Someone mentioned you."),
    NoticeKind.FOLLOWED: phrase("New post in what you follow."),
}
"""Where the LMS sends no names, and the person has no number yet."""
_DUE = {
    "first_post_due": phrase("Your first post is due %(when)s."),
    "replies_due": phrase("Your replies are due %(when)s."),
}
_PLAIN = {
    NoticeKind.GRADED: phrase("Your grade has been released."),
    NoticeKind.HELD: phrase("Your post is held for review. Your instructor decides whether the class sees it."),
    NoticeKind.TO_REVIEW: phrase("A post needs review."),
}
_MODERATED = {
    ModerationAction.APPROVE: phrase("Your post was approved. The class can see it now."),
    ModerationAction.HIDE: phrase("An instructor hid your post from the class."),
    ModerationAction.RESTORE: phrase("Your post is visible to the class again."),
}
MODERATED = frozenset(_MODERATED)
"""The moderation actions that authors are told of, apart from holding a post."""
_LISTED_PAGES = 3


def sentence(kind: NoticeKind, facts: Mapping[str, object], *, name: str = "") -> Phrase:
    """What a notice says. `name` is that of the author, as the reader sees it, or of the sender."""
    if kind in _NAMED:
        return _NAMED[kind].with_values(name=name) if name else _NAMELESS[kind]
    if kind is NoticeKind.DUE_SOON:
        due = datetime.fromisoformat(str(facts["due"]))
        return _DUE[str(facts["date"])].with_values(when=due)
    if kind is NoticeKind.MODERATED:
        return _MODERATED[ModerationAction(str(facts["action"]))]
    if kind is NoticeKind.MESSAGE:
        return phrase("Message from %(name)s.", name=name) if name else phrase("Message from your instructor.")
    if kind is NoticeKind.DIGEST:
        return phrase("Your week in this course.")
    return _PLAIN[kind]


def digest_lines(facts: Mapping[str, object]) -> list[Phrase]:
    """The counts of one discussion in a weekly digest, without those that are zero."""
    ungraded, silent = _number(facts, "ungraded"), _number(facts, "silent")
    review, unanswered = _number(facts, "review"), _number(facts, "new")
    pages = facts.get("pages")
    lines = [
        (unanswered, nphrase("%(num)s new post", "%(num)s new posts", unanswered, num=unanswered)),
        (ungraded, nphrase("%(num)s student not graded", "%(num)s students not graded", ungraded, num=ungraded)),
        (
            silent,
            nphrase("%(num)s student has not posted", "%(num)s students have not posted", silent, num=silent),
        ),
        (review, nphrase("%(num)s post needs review", "%(num)s posts need review", review, num=review)),
    ]
    found = [words for number, words in lines if number]
    if isinstance(pages, Sequence) and not isinstance(pages, str) and pages:
        listed = tuple(str(each) for each in pages[:_LISTED_PAGES])
        found.append(phrase("pages not cited yet: %(pages)s", pages=listed))
    return found


def _number(facts: Mapping[str, object], name: str) -> int:
    value = facts.get(name, 0)
    return value if isinstance(value, int) else 0
