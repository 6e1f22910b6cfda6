"""Quotations of posts and of passages, as the composer inserts them."""

from lti_app.core.prose import clean_line
from lti_app.core.rich_reader import read
from lti_app.core.rich_text import Element, to_text, write
from lti_app.discussion.discussions.rules import AssignedReading
from lti_app.discussion.posts.rules.citing import Cited
from lti_app.discussion.posts.rules.compose import citation_chip


def quoted_post(html: str, part: str, *, href: str, address: str, words: tuple[str, str]) -> str:
    """A quotation of a post, or of a part of it, for a reply: `words` stand around the address that leads to it.

    What is not in the post is no part of it; then all of it is quoted.
    """
    blocks, part = read(html), clean_line(part)
    if part and _squeezed(part) in _squeezed(to_text(blocks)):
        blocks = [Element("p", {}, [part])]
    link = Element("a", {"class": "address", "href": href}, [address])
    source = Element("p", {}, [words[0], link, words[1]])
    return write([Element("blockquote", {}, [source, *blocks])])


def quoted_passage(reading: AssignedReading, cited: Cited, exact: str) -> str:
    """A passage's words as a quotation, and the chip that cites it."""
    chip = citation_chip(reading, cited)
    words = clean_line(exact)
    quotation = [Element("blockquote", {}, [Element("p", {}, [words, " ", chip])])]
    return write(quotation if words else [Element("p", {}, [chip, " "])])


def _squeezed(text: str) -> str:
    """For comparing: the marks of quotations and of list items are no part of what one selects on the page."""
    return "".join(ch for ch in text.casefold() if ch.isalnum())
