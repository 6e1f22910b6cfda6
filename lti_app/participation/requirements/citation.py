"""Each required reading is cited in at least one post."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from lti_app.core.wording import Phrase, Typed, marked, phrase
from lti_app.discussion.discussions.rules import AssignedReading
from lti_app.participation.requirements.base import (
    Case,
    ForecastNote,
    Judgment,
    Outlook,
    Requirement,
    Standing,
    Verdict,
    judge_once,
)
from lti_app.participation.requirements.facts import PostFacts


@dataclass(frozen=True)
class CitationRequirement(Requirement):
    """The required readings are chosen among the readings of the discussion, so it has no field of its own."""

    kind = "citation"
    heading = phrase("The readings")
    title = marked("Readings cited")
    setting = marked("Cite each required reading by %(due)s.")
    is_basic = True
    evidence = "readings"
    counts_first_posts = counts_replies = True
    is_timed = False
    is_divisible = False

    @property
    def is_asked(self) -> bool:
        """Whether any reading is required."""
        return bool(self.terms.readings)

    def judge(self, case: Case) -> Judgment:
        """One verdict for each reading; any post that counts can cite it."""
        due = case.due_of(self)
        cited: dict[int, list[tuple[datetime, PostFacts]]] = {}
        for post in case.posts:
            for reading_id, since in post.cited_since().items():
                cited.setdefault(reading_id, []).append((since, post))
        readings = self.terms.readings
        uncited = () if all(each.id in cited for each in readings) else self._uncited(case, due)
        return Judgment(
            tuple(
                [
                    judge_once(self, found, case, due, each) if (found := cited.get(each.id)) else uncited[nth]
                    for nth, each in enumerate(readings)
                ]
            )
        )

    def _uncited(self, case: Case, due: datetime | None) -> tuple[Verdict, ...]:
        """The verdict on each reading for whoever does not cite it: the same for the whole class at one moment."""
        standing = case.standing(met=False, late=False, begun=False, due=due)
        known = self._of_nobody.get((standing, due))
        if known is None:
            known = tuple([judge_once(self, (), case, due, each) for each in self.terms.readings])
            self._of_nobody[standing, due] = known
        return known

    @cached_property
    def _of_nobody(self) -> dict[tuple[Standing, datetime | None], tuple[Verdict, ...]]:
        return {}

    @property
    def sentence(self) -> Phrase:
        """The names of the readings."""
        labels = tuple(reading.label for reading in self.terms.readings)
        if self.own.due and len(labels) > 1:
            return phrase("Cite each of these readings by %(due)s: %(readings)s.", readings=labels, due=self.due)
        if self.own.due:
            return phrase("Cite %(reading)s by %(due)s.", reading=labels[0], due=self.due)
        if len(labels) > 1:
            return phrase("Cite each of these readings: %(readings)s.", readings=labels)
        return phrase("Cite %(reading)s.", reading=labels[0])

    @property
    def explanation(self) -> tuple[Phrase, ...]:
        """What counts as a citation."""
        return (
            phrase(
                "One citation in any of your posts is enough for each reading. Write it in square brackets, like "
                "%(example)s.",
                example=Typed(f"[{self.terms.readings[0].label}, p. 104]"),
            ),
            phrase("A name without brackets is not counted as a citation."),
        )

    def describe(self, verdict: Verdict) -> Phrase:
        """The reading, and whether it is cited."""
        label = verdict.reading.label if verdict.reading else ""
        if verdict.is_met:
            return phrase("%(reading)s cited", reading=label)
        return phrase("%(reading)s not cited yet", reading=label)

    def forecast(self, outlook: Outlook, /) -> tuple[ForecastNote, ...]:
        """The readings that the post would cite first, and those not cited yet."""
        missing = _readings_of(outlook.after)
        cited = tuple(reading for reading in _readings_of(outlook.before) if reading not in missing)
        notes = []
        if cited:
            words = phrase("Cites a required reading: %(readings)s.", readings=_labels(cited))
            notes.append(ForecastNote("", words, is_gain=True))
        if missing:
            words = phrase("Not cited yet: %(readings)s.", readings=_labels(missing))
            notes.append(ForecastNote(",".join(str(reading.id) for reading in missing), words, is_gain=False))
        return tuple(notes)


def _readings_of(verdicts: Sequence[Verdict]) -> tuple[AssignedReading, ...]:
    return tuple(verdict.reading for verdict in verdicts if verdict.reading and not verdict.is_met)


def _labels(readings: Sequence[AssignedReading]) -> tuple[str, ...]:
    return tuple(reading.label for reading in readings)
