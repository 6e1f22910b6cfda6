"""Students by requirements, and students by discussions: what stands in the tables, and how they sort and narrow."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.participation.progress.rules import standing_of
from lti_app.participation.requirements.base import Requirement, Standing, Verdict
from lti_app.participation.requirements.evaluation import Verdicts
from lti_app.participation.requirements.facts import DELETED
