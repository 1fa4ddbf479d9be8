"""The label scheme: which pillars and which sentiments there are, and their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class LabelScheme:
    """A set of labels in a fixed order, which is the order of every column and vector.

    Parameters
    ----------
    pillars
        Labels of which a passage has any number.
    sentiments
        Labels of which a passage has exactly one.
    """

    pillars: tuple[str, ...]
    sentiments: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.pillars or len(self.sentiments) < 2:
            raise ValueError("a scheme has at least one pillar and two sentiments")
        if len(set(self.labels)) != len(self.labels):
            raise ValueError(f"a scheme names each label once, not {self.labels}")

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels: the pillars, then the sentiments."""
        return self.pillars + self.sentiments

    def in_order(self, pillars: Iterable[str]) -> tuple[str, ...]:
        """Pillars in the order of the scheme, each once.

        Examples
        --------
        >>> SCHEME.in_order(["shelter", "prevention"])
        ('prevention', 'shelter')
        """
        present = set(pillars)
        unknown = present.difference(self.pillars)
        if unknown:
            raise ValueError(f"{sorted(unknown)} are no pillars; the pillars are {', '.join(self.pillars)}")
        return tuple(pillar for pillar in self.pillars if pillar in present)


SCHEME = LabelScheme(
    pillars=("prevention", "signalling", "investigation", "shelter", "international"),
    sentiments=("positive", "negative", "mixed", "neutral"),
)
"""The scheme of the codebook in ``data/annotated/codebook.md``."""


def sentiment_of(*, praise: bool, criticism: bool) -> str:
    """Sentiment of a passage that praises, criticises, does both or neither.

    Examples
    --------
    >>> sentiment_of(praise=True, criticism=True)
    'mixed'
    """
    if praise and criticism:
        return "mixed"
    if praise:
        return "positive"
    return "negative" if criticism else "neutral"
