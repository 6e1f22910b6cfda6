"""What mails say: the templates of `notices/mail`, in the language and time zone of the reader."""

from datetime import datetime
from html import unescape
from urllib.parse import urlencode

from babel import Locale, negotiate_locale
from flask import Flask, g, render_template
from flask_babel import Babel, force_locale, get_locale
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from jinja2 import StrictUndefined

from lti_app.core.prose import cut
from lti_app.core.resources import resource
from lti_app.course.people.rules import zone
from lti_app.notices.feed.rules.kinds import ABOUT_OTHERS, NoticeKind
from lti_app.notices.feed.rules.lines import NoticeLine
from lti_app.notices.outbox.ports import MailDraft
from lti_app.notices.outbox.rules.composing import WrittenMail
from lti_app.notices.preferences.rules import MailSubscription
from lti_app.web.moments import Reader, language_of
from lti_app.web.templating import plain_excerpt, say, translate, translate_plural

EXCERPT = 700
"""Characters of a post that a mail quotes."""
SALT = "unsubscribe"


class UnsubscribeTokens:
    """Signed tokens that name a person and a course, and nothing else; they do not expire, since mails do not."""

    def __init__(self, secret_key: str) -> None:
        self._serializer = URLSafeSerializer(secret_key, salt=SALT)

    def make(self, course_id: int, person_id: int) -> str:
        """The token for this person's mail from this course."""
        return str(self._serializer.dumps([course_id, person_id]))

    def read(self, token: str) -> MailSubscription | None:
        """Whose mail from which course; None for a token that we have not made."""
        try:
            course_id, person_id = self._serializer.loads(token)
        except (BadSignature, ValueError, TypeError):
            return None
        if not isinstance(course_id, int) or not isinstance(person_id, int):
            return None
        return MailSubscription(course_id, person_id)


class MailWriter:
    """Writes mails outside of any request. Thread-safe."""

    def __init__(self, *, base_url: str, tokens: UnsubscribeTokens, quotes_posts: bool) -> None:
        self._base_url, self._tokens, self._quotes_posts = base_url, tokens, quotes_posts
        self._app = app = Flask("lti_app", template_folder=str(resource("templates")), static_folder=None)
        babel = Babel(app)
        with app.app_context():
            self._languages = [str(locale) for locale in babel.list_translations()]
        environment = app.jinja_env
        environment.trim_blocks = environment.lstrip_blocks = True
        environment.undefined = StrictUndefined
        environment.newstyle_gettext = True  # type: ignore[attr-defined]  # the i18n extension adds it
        environment.globals.update(_=translate, gettext=translate, ngettext=translate_plural)
        environment.filters.update(say=say)

    def unsubscribe_url(self, course_id: int, person_id: int) -> str:
        """The address by which this person turns mail from this course off."""
        return f"{self._base_url}/notices/unsubscribe/{self._tokens.make(course_id, person_id)}"

    def write(self, draft: MailDraft, *, now: datetime) -> WrittenMail:
        """The subject and both forms of a mail."""
        spoken = [draft.locale.replace("-", "_")] if draft.locale else []
        locale = negotiate_locale(spoken, self._languages) or "en"
        with self._app.app_context(), force_locale(locale):
            g.reader = Reader(zone(draft.time_zone), draft.time_zone, language_of(Locale.parse(locale)), now)
            values = {
                "draft": draft,
                "subject": self._subject(draft),
                "items": [self._item(draft, line) for line in draft.lines],
                "locale": get_locale() or Locale("en"),
                "zone_name": g.reader.zone_name,
                "home_url": f"{self._base_url}/courses/{draft.course_id}/notices",
                "preferences_url": f"{self._base_url}/courses/{draft.course_id}/notices/preferences",
                "unsubscribe_url": self.unsubscribe_url(draft.course_id, draft.person_id),
            }
            html = render_template("notices/mail/mail.html", **values)
            text = unescape(render_template("notices/mail/plain.html", **values))
        return WrittenMail(str(values["subject"]), f"{text.strip()}\n", html)

    def _subject(self, draft: MailDraft) -> str:
        """Of mails about one thread always the same, since some clients group by it."""
        first = draft.lines[0]
        if draft.is_bundle or len(draft.lines) > 1:
            return _("New in %(course)s", course=draft.course_title)
        if first.kind is NoticeKind.MESSAGE:
            return first.subject if self._quotes_posts and first.subject else _plain(first)
        if first.kind in ABOUT_OTHERS:
            return _("Re: %(discussion)s", discussion=first.discussion_title or draft.course_title)
        return f"{_plain(first)} {first.discussion_title}".strip()

    def _item(self, draft: MailDraft, line: NoticeLine) -> dict[str, object]:
        quoted = ""
        if self._quotes_posts:
            quoted = plain_excerpt(line.html, EXCERPT) if line.html else cut(line.text, 4 * EXCERPT)
        return {
            "line": line,
            "words": line.words,
            "quoted": quoted,
            "subject": line.subject if self._quotes_posts else "",
            "url": self._url(draft.course_id, line),
        }

    def _url(self, course_id: int, line: NoticeLine) -> str:
        course = f"{self._base_url}/courses/{course_id}"
        if line.discussion_id is None:
            return f"{course}/notices"
        where = f"{course}/discussions/{line.discussion_id}"
        return f"{where}?{urlencode({'at': line.address})}#p{line.address}" if line.address else where


def _plain(line: NoticeLine) -> str:
    """The sentence of a notice as plain text."""
    return say(line.words).striptags()
