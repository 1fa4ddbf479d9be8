"""The label scheme: which pillars and which sentiments there are, and their order."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mhnlp.errors import SchemeError

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = re.compile(r"\w[\w.-]*")
"""What a label looks like: one word, so that labels separated by spaces or commas stay apart in a table."""
KEYS = ("pillars", "sentiments", "dutch")


@dataclass(frozen=True)
class LabelScheme:
    """A set of labels in a fixed order, which is the order of every column and vector.

    Parameters
    ----------
    pillars
        Labels of which a passage has any number.
    sentiments
        Labels of which a passage has exactly one.
    dutch
        Dutch name of each label, in the order of `labels`; empty where there are none. Schemes that differ in
        these alone are equal.
    """

    pillars: tuple[str, ...]
    sentiments: tuple[str, ...]
    # Left out of the text form, from which the fingerprint of a model is made.
    dutch: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.pillars or len(self.sentiments) < 2:
            raise SchemeError("a scheme has at least one pillar and two sentiments")
        wrong = [label for label in self.labels if not (isinstance(label, str) and NAME.fullmatch(label))]
        if wrong:
            raise SchemeError(f"a label is one word of letters, digits, - and _, not {wrong[0]!r}")
        if len(set(self.labels)) != len(self.labels):
            raise SchemeError(f"a scheme names each label once, not {self.labels}")
        if self.dutch and len(self.dutch) != len(self.labels):
            raise SchemeError(f"a scheme of {len(self.labels)} labels has as many Dutch names, not {len(self.dutch)}")

    @classmethod
    def read(cls, path: str | Path) -> LabelScheme:
        r"""Read a scheme from a TOML file.

        Parameters
        ----------
        path
            A file with ``pillars = [...]`` and ``sentiments = [...]``, and if wanted a table ``[dutch]`` with the
            Dutch names of labels.

        Raises
        ------
        SchemeError
            If the file is missing or no TOML, or does not describe labels.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder) / "scheme.toml"
        ...     _ = path.write_text('pillars = ["housing"]\nsentiments = ["good", "bad", "none"]')
        ...     LabelScheme.read(path)
        LabelScheme(pillars=('housing',), sentiments=('good', 'bad', 'none'))
        """
        try:
            return cls(**_fields(tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))))
        except OSError as error:
            raise SchemeError(f"{path}: the scheme cannot be read: {error.strerror}") from error
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SchemeError(f"{path}: the scheme is no TOML: {error}") from error
        except SchemeError as error:
            raise SchemeError(f"{path}: {error}") from error

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


def _fields(content: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Check the content of a scheme file, and give the fields of a scheme."""
    for key in content:
        if key not in KEYS:
            close = get_close_matches(key, KEYS, n=1)
            raise SchemeError(f"{key!r} is not known here{f'; did you mean {close[0]!r}?' if close else ''}")
    for key in ("pillars", "sentiments"):
        if not isinstance(content.get(key), list):
            raise SchemeError(f'it has no list {key}; write {key} = ["...", "..."]')
    labels = [*content["pillars"], *content["sentiments"]]
    dutch = content.get("dutch", {})
    if not isinstance(dutch, dict) or not all(isinstance(name, str) for name in dutch.values()):
        raise SchemeError('[dutch] is a table of names, such as housing = "huisvesting"')
    unknown = [key for key in dutch if key not in labels]
    if unknown:
        raise SchemeError(f"[dutch] names {unknown[0]!r}, which is no label of the scheme")
    return {
        "pillars": tuple(content["pillars"]),
        "sentiments": tuple(content["sentiments"]),
        "dutch": tuple(dutch.get(label, label) for label in labels) if dutch else (),
    }


SCHEME = LabelScheme(
    pillars=("prevention", "signalling", "investigation", "shelter", "international"),
    sentiments=("positive", "negative", "mixed", "neutral"),
    dutch=(
        "preventie",
        "signalering",
        "opsporing",
        "opvang",
        "internationaal",
        "positief",
        "negatief",
        "gemengd",
        "neutraal",
    ),
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
