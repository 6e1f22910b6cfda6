"""What sellers of essays write in discussions, in the words of `content.words_of` with a space between them.

The sentences are those of people who never had such a post to write: of buyers, of services, of their offers. What a
class says about cheating, or of its own essays, has other words around it. A match never accuses: it only holds the
first post of a person until an instructor has read it.
"""

import re

_LONG_WORK = "(?:essays?|(?:term|research|college|seminar) papers?|dissertations?|thes[ei]s|courseworks?|homework)"
_WORK = f"(?:{_LONG_WORK}|(?:custom )?papers?|assignments?|case stud(?:y|ies))"
_SITE = "(?:sites?|services?|websites?|compan(?:y|ies)|platforms?|agenc(?:y|ies))"
_WRITER = "(?:writers?|experts?|professionals?|specialists?|someone|somebody|ghostwriters?|guys?|person)"
_GERMAN_WORK = "(?:haus|bachelor|master|seminar|fach|abschluss)arbeit"
_WRITE = "(?:write|writes|wrote|written|do|does|did|complete|completed|finish|finished|made)"
_BUY = "(?:order|ordered|buy|bought|purchase|purchased|pay for|paid for)"
_WHERE = "(?:from|at|on|here|online|there|through|via|with)"
_FOR_ME = "for (?:me|money|cheap)"
_ANY = "(?:[^ ]{1,20} )"
_GOT = f"(?:i|ive) {_ANY}{{0,3}}(?:got|get|received) (?:an|my|a|the|this|your)"
_SELLING = (
    f"(?:academic|{_WORK}) (?:writ(?:ing|ers?)|help(?:ing|ers?)?|editing|solving) (?:{_SITE}|online)",
    f"(?:essay|dissertation|assignment|homework|coursework) (?:{_SITE}|helpers?)",
    f"{_WRITE} my {_WORK} {_ANY}{{0,2}}{_FOR_ME}",
    f"(?:i|ive|we|weve|you can|you could|you should) {_ANY}{{0,3}}{_BUY} {_ANY}{{0,3}}{_WORK} {_ANY}?{_WHERE}",
    f"{_GOT} (?:{_LONG_WORK}|assignment) {_ANY}?{_WHERE} {_ANY}{{0,4}}(?:{_SITE}|links?|pages?|{_WRITER})",
    f"(?:where|place|links?|{_SITE}) {_ANY}{{0,2}}to (?:buy|order|get|purchase) {_ANY}{{0,2}}{_WORK}",
    f"(?:they|he|she|who|{_SITE}|{_WRITER}) {_ANY}{{0,2}}{_WRITE} (?:my|your) {_WORK}",
    f"(?:hire|hired|paid|pay) {_ANY}{{0,3}}{_WRITER} {_ANY}?(?:to|who) {_ANY}{{0,2}}{_WRITE} {_ANY}{{0,2}}{_WORK}",
    "plagiarism free (?:essays?|papers?|work|content|assignments?|dissertations?)",
    f"(?:cheap|cheapest|affordable|custom written) {_LONG_WORK} (?:{_SITE}|online|here|writing|writers?|help)",
    f"(?:{_GERMAN_WORK}|essay|dissertation) (?:online )?(?:schreiben lassen|kaufen|bestellen)",
)
_ADVERT = re.compile(rf"\b(?:{'|'.join(_SELLING)})\b")
_SIGNS = ("essay", "paper", "dissertation", "thes", "assignment", "coursework", "homework", "case stud", "academic")


def names_work_for_sale(text: str) -> bool:
    """Whether a text, in small letters, names anything that is sold to students."""
    return any(sign in text for sign in (*_SIGNS, "arbeit", "plagiarism"))


def reads_like_an_advert(words: str) -> bool:
    """Whether somebody recommends or offers bought essays."""
    return _ADVERT.search(words) is not None
