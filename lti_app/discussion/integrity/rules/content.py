"""Which words of a post are the author's, which posts are nearly the same, and what an instructor should review.

No rule accuses anyone: each only holds a post until a person has reviewed it. Nothing here tries to detect AI.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from urllib.parse import urlsplit

from rensa import RMinHash

from lti_app.core.prose import normalized
from lti_app.core.rich_reader import parse
from lti_app.core.rich_text import Element, Node, bare_text, find_all
from lti_app.discussion.integrity.rules.adverts import names_work_for_sale, reads_like_an_advert
from lti_app.discussion.moderation.rules import HeldReason

MIN_WORDS = 40
"""Own words below which no post is compared: short answers are alike without anybody having copied."""
ALIKE = 0.8
"""The part of a post's runs of words that stands in another from which on the two are nearly the same."""
WORDS_PER_LINK = 10
"""With fewer own words for each link, a post is mostly links."""
OF_NEWCOMERS = frozenset({HeldReason.ADVERT, HeldReason.LINKS})
"""The reasons that hold only the first post of a person."""
_RUN = 4
MIN_SHINGLES = MIN_WORDS - _RUN + 1
"""Runs of as many words."""
BANDS, _ROWS = 20, 2
"""How many values a post's signature has, and of how many hashes each is made."""
_SEED = 1990
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_QUOTED = re.compile('“[^“”]{1,5000}”|„[^„“”]{1,5000}[“”]|«[^«»]{1,5000}»|"[^"\n]{1,5000}"')
_HOST = re.compile(r"(?<![@\w.-])(?:[a-z0-9-]+\.)+[a-z]{2,24}(?![\w-])", re.IGNORECASE)


@dataclass(frozen=True)
class OwnContent:
    """What a post says in its author's own words, and where it leads."""

    words: tuple[str, ...]
    """Without quotations, citations and the words of links."""
    spoken: str
    """The same with the words of links, in one line."""
    hosts: frozenset[str]
    """The sites that it names, by link or by word."""
    links: int


@dataclass(frozen=True)
class MatchPart:
    """Some words of a text, and whether they also stand in another."""

    text: str
    same: bool


def own_content_of(html: str) -> OwnContent:
    """What the sanitised HTML of a post says by itself."""
    tree = parse(html)
    text = bare_text(tree, without=_is_not_own)
    words = words_of(_QUOTED.sub("\n", text))
    addresses = [link.attrs["href"] for link in find_all(tree, "a") if _leads_out(link)]
    has_links = _has_links_out(tree)
    spoken = words_of(_QUOTED.sub("\n", bare_text(tree, without=_is_quoted))) if has_links else words
    linked = [host for address in addresses if (host := _host_of(address))]
    named = [host.casefold() for host in _HOST.findall(text)]
    return OwnContent(
        words=tuple(words),
        spoken=" ".join(spoken),
        hosts=frozenset(linked + named),
        links=len(addresses),
    )


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: case, accents' spelling and apostrophes make no difference."""
    plain = normalized("NFKC", text).casefold().replace("’", "'")
    return [word.replace("'", "") for word in _WORD.findall(plain)]


def shingles_of(words: Sequence[str]) -> frozenset[str]:
    """All runs of four words."""
    return frozenset(" ".join(words[n : n + _RUN]) for n in range(len(words) - _RUN + 1))


@lru_cache(maxsize=64)
def asked_by(prompt: str) -> frozenset[str]:
    """The runs of a prompt, which every post to it may repeat."""
    return shingles_of(words_of(prompt))


def share_of(runs: Collection[str], others: Collection[str]) -> float:
    """The part of these runs that stands among the others."""
    return sum(run in others for run in runs) / len(runs) if runs else 0.0


def bands_of(runs: Collection[str]) -> list[int]:
    """The bands of a text's MinHash signature: of two texts that are nearly the same, some are equal.

    With 20 bands of 2 values each, texts that share two thirds of their runs meet with a chance of 0.99999, such as
    share a hundredth with one of 0.002.
    """
    sketch = RMinHash(num_perm=BANDS * _ROWS, seed=_SEED)
    sketch.update(sorted(runs))
    values = sketch.digest()
    return [_hashed(n, values[n * _ROWS : (n + 1) * _ROWS]) for n in range(BANDS)]


def compared_runs(words: Sequence[str], asked: Collection[str]) -> frozenset[str]:
    """The runs by which a post is compared with others: not those that the prompt asked with; none if it says too
    little.
    """
    own = shingles_of(words).difference(asked)
    return own if len(own) >= MIN_SHINGLES else frozenset()


def signature_of(html: str, asked: Collection[str]) -> tuple[int, ...]:
    """The bands by which a post is found to be like others; none for a post that is not compared."""
    own = compared_runs(own_content_of(html).words, asked)
    return tuple(bands_of(own)) if own else ()


def marked(html: str, other: str) -> list[MatchPart]:
    """The words of a post, those marked that also stand in the other."""
    shown, theirs = bare_text(parse(html)).split(), shingles_of(words_of(bare_text(parse(other))))
    words = [(n, word) for n, piece in enumerate(shown) for word in words_of(piece)]
    same: set[int] = set()
    for start in range(len(words) - _RUN + 1):
        run = words[start : start + _RUN]
        if " ".join(word for _, word in run) in theirs:
            same.update(range(run[0][0], run[-1][0] + 1))
    alike = groupby(enumerate(shown), key=lambda numbered: numbered[0] in same)
    return [MatchPart(" ".join(piece for _, piece in pieces), is_same) for is_same, pieces in alike]


def sells_essays(hosts: Collection[str], sellers: Collection[str]) -> bool:
    """Whether any of the sites, or the site that it is part of, is on the list."""
    return any(host == seller or host.endswith(f".{seller}") for host in hosts for seller in sellers)


def is_mostly_links(own_content: OwnContent) -> bool:
    """Whether there is a link and little else."""
    return own_content.links > 0 and len(own_content.words) < WORDS_PER_LINK * own_content.links


def may_be_suspicious(text: str, sellers: Collection[str]) -> bool:
    """Whether a look at a text can find anything: a quick answer for many posts, never a false no."""
    lowered = text.casefold()
    return "://" in lowered or names_work_for_sale(lowered) or any(seller in lowered for seller in sellers)


def suspicions(own_content: OwnContent, sellers: Collection[str]) -> list[HeldReason]:
    """Why an instructor should review a post by what it says alone; those of OF_NEWCOMERS only of first posts."""
    found = []
    if sells_essays(own_content.hosts, sellers):
        found.append(HeldReason.SELLER)
    if reads_like_an_advert(own_content.spoken):
        found.append(HeldReason.ADVERT)
    if is_mostly_links(own_content):
        found.append(HeldReason.LINKS)
    return found


def read_sites(text: str) -> frozenset[str]:
    """The sites of a list: one a line or between commas; # begins a remark."""
    lines = (line.partition("#")[0] for line in text.splitlines())
    sites = (site.strip().casefold().removeprefix("www.").strip(".") for line in lines for site in line.split(","))
    return frozenset(site for site in sites if site)


def _host_of(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").casefold()
    except ValueError:
        return ""


def _hashed(place: int, values: Sequence[int]) -> int:
    digest = blake2b(f"{place}:{values}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _is_quoted(element: Element) -> bool:
    return element.tag == "blockquote" or element.kind == "cited"


def _is_not_own(element: Element) -> bool:
    return _is_quoted(element) or _leads_out(element)


def _has_links_out(nodes: Iterable[Node]) -> bool:
    return any(isinstance(node, Element) and (_leads_out(node) or _has_links_out(node.children)) for node in nodes)


def _leads_out(element: Element) -> bool:
    return element.tag == "a" and element.attrs.get("href", "").startswith(("http://", "https://"))
