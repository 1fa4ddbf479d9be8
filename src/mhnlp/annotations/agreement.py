"""How far coders agree, with intervals, and in words what the figures mean and when they are not to be trusted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from mhnlp.annotations.adjudication import disagreements
from mhnlp.annotations.coded import FINAL, CodedPassages
from mhnlp.annotations.coefficients import (
    MISSING,
    alpha_counts,
    alphas,
    kappas,
    masi,
    nominal,
    observed,
    table_counts,
)
from mhnlp.annotations.importing import read_coded
from mhnlp.bootstrap import DRAWS, draw_sums, estimate
from mhnlp.errors import MhnlpError
from mhnlp.estimate import Estimate
from mhnlp.labels import SCHEME, LabelScheme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from mhnlp.annotations.coefficients import Floats, Indices
    from mhnlp.model import Model

MIN_PASSAGES = 50
"""Below this number of passages in common, no figure is to be trusted."""
MIN_LETTERS = 10
"""Below this number of letters, intervals are too narrow."""
MIN_GIVEN = 20
"""A label that a coder gave less often is rare: a few passages decide its alpha."""
RELIABLE, TENTATIVE = 0.800, 0.667
"""Krippendorff's bounds: conclusions may rest on the first, and tentative ones on the second."""

SENTIMENT, SETS = "sentiment", "pillars together"


@dataclass(frozen=True)
class LabelAgreement:
    """Agreement on one label, on sentiment, or on the pillars as sets.

    Parameters
    ----------
    label
        A pillar, ``"sentiment"``, or ``"pillars together"``.
    alpha
        Krippendorff's alpha: nominal, and of the sets with the MASI distance.
    percent
        Share of pairs of coders that agree, between 0 and 1; for sets, their likeness on average.
    kappa
        Cohen's kappa, of two coders alone; None for more, and for sets.
    given
        To how many passages each coder gave the label; empty for sentiment and sets.
    passages, letters
        What the figures rest on.
    """

    label: str
    alpha: Estimate
    percent: Estimate
    kappa: Estimate | None
    given: Mapping[str, int]
    passages: int
    letters: int

    def words(self) -> str:
        """Say what the alpha means, and whether it is to be trusted."""
        if self.passages < MIN_PASSAGES or self.letters < MIN_LETTERS:
            return (
                f"Not to be judged yet: {self.passages} passages of {self.letters} letters in common; code at least "
                f"{MIN_PASSAGES} passages of {MIN_LETTERS} letters."
            )
        return " ".join([_verdict(self.alpha.value), *self._warnings()])

    def _warnings(self) -> list[str]:
        found: list[str] = []
        if self.given and max(self.given.values()) and min(self.given.values()) < MIN_GIVEN:
            fewest = min(self.given.values())
            found.append(f"A rare label (one coder gave it {fewest} times): a few passages decide the figure.")
            if self.percent.value > 0.9 and self.alpha.value < RELIABLE:
                found.append("The percentage is high only because the label is rare; alpha sets chance apart.")
        elif self.alpha.high - self.alpha.low > 0.2:
            found.append("The interval is wide: more passages are needed to tell.")
        return found


def _verdict(alpha: float) -> str:
    if np.isnan(alpha):
        return "Undefined: every coder gave every passage the same, so there is nothing to agree on."
    if alpha >= RELIABLE:
        return f"Reliable: conclusions may rest on it (from {RELIABLE:.3f} on)."
    if alpha >= TENTATIVE:
        return f"Tentative conclusions only (from {TENTATIVE:.3f} to {RELIABLE:.3f}): sharpen the codebook here."
    if alpha > 0:
        return f"Too low for conclusions (below {TENTATIVE:.3f}): talk over the passages that split the coders."
    return "No better than chance: the coders understand the label differently."


@dataclass(frozen=True)
class Agreement:
    """Agreement of some coders on the passages that at least two of them coded.

    Parameters
    ----------
    coders
        Their names.
    passages, letters
        How many passages at least two coded, and from how many letters.
    labels
        Agreement on each pillar, on ``"sentiment"``, and on ``"pillars together"``.
    confusions
        For two coders, how often the first gave the row's value where the second gave the column's: of sentiments
        under ``"sentiment"``, of ``"given"`` and ``"not given"`` under each pillar, and under ``"pillars together"``
        the pillars that one gave alone on passages where the other gave one alone too. Empty for more coders.
    """

    coders: tuple[str, ...]
    passages: int
    letters: int
    labels: Mapping[str, LabelAgreement]
    confusions: Mapping[str, Mapping[str, Mapping[str, int]]]

    def to_frame(self) -> pd.DataFrame:
        """Give the figures, one row a label."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

        rows = []
        for each in self.labels.values():
            row: dict[str, Any] = {"coders": ", ".join(self.coders), "label": each.label, "passages": each.passages}
            for name in ("alpha", "percent", "kappa"):
                figure = getattr(each, name) or Estimate(np.nan, np.nan, np.nan)
                row |= {name: figure.value, f"{name}_low": figure.low, f"{name}_high": figure.high}
            rows.append({**row, "words": each.words()})
        return pd.DataFrame(rows)


@dataclass(frozen=True, repr=False)
class AgreementReport:
    """What `agreement` gives.

    Parameters
    ----------
    overall
        Agreement of all coders.
    pairs
        Agreement of every two coders with passages in common.
    coded
        The codes that it was computed from.
    """

    overall: Agreement
    pairs: tuple[Agreement, ...]
    coded: CodedPassages = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Give all figures, one row a group of coders and label."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

        groups = self.pairs if len(self.pairs) == 1 else (self.overall, *self.pairs)
        return pd.concat([each.to_frame() for each in groups], ignore_index=True)

    def splits(self) -> pd.DataFrame:
        """Give the passages that split the coders, the most divided first, as `disagreements` does."""
        return disagreements(self.coded)

    def __repr__(self) -> str:
        lines = [f"{each.label}: alpha {each.alpha}. {each.words()}" for each in self.overall.labels.values()]
        head = f"<AgreementReport, coders: {', '.join(self.overall.coders)}, passages: {self.overall.passages}>"
        return "\n".join([head, *lines])


def agreement(
    data: str | Path | CodedPassages,
    *,
    model: str | Path | Model | None = None,
    draws: int = DRAWS,
    scheme: LabelScheme = SCHEME,
) -> AgreementReport:
    """Compute how far coders agree.

    Parameters
    ----------
    data
        Coded passages, a file of them or an export that `import_annotations` reads, or a corpus folder. Decisions
        between coders (the coder ``final``) are left out.
    model
        A model that is put beside the coders as one more. If it learned from these passages, its agreement with them
        says nothing.
    draws
        How many times the letters are drawn with replacement for the 95 percent intervals.
    scheme
        The labels.

    Returns
    -------
    AgreementReport

    Raises
    ------
    MhnlpError
        If no passage is coded by two coders.

    Examples
    --------
    >>> from mhnlp.annotations.coded import CodedPassage
    >>> codes = [("p1", "a", "shelter"), ("p1", "b", "shelter"), ("p2", "a", "prevention"), ("p2", "b", "shelter")]
    >>> records = [CodedPassage(name, "", "…", coder, (pillar,), "neutral") for name, coder, pillar in codes]
    >>> coded = CodedPassages("pilot", tuple(records))
    >>> round(agreement(coded).overall.labels["pillars together"].percent.value, 2)
    0.5
    """
    coded = data if isinstance(data, CodedPassages) else read_coded(data, scheme)
    coded = replace(coded, records=tuple(each for each in coded if each.coder != FINAL))
    if model is not None:
        coded = with_model(coded, model)
    table = _Table.of(coded)
    pairs: list[Agreement] = []
    for pair in combinations(range(len(table.coders)), 2):
        own = table.of_coders(pair)
        if len(own.letters):
            pairs.append(_agreement(own, draws))
    if not pairs:
        raise MhnlpError(f"no passage is coded by two coders (coders: {', '.join(coded.coders) or 'none'})")
    overall = pairs[0] if len(table.coders) == 2 else _agreement(table, draws)
    return AgreementReport(overall, tuple(pairs), coded)


def with_model(coded: CodedPassages, model: str | Path | Model) -> CodedPassages:
    """Put a model beside the coders, under its name."""
    from mhnlp.model import Model, load_model  # noqa: PLC0415 - leads to scikit-learn

    chosen = model if isinstance(model, Model) else load_model(model)
    passages = list({each.id: each for each in coded}.values())
    labelled = chosen.label([each.text for each in passages])
    name = f"model {chosen.card.name}"
    given = [
        replace(each, coder=name, pillars=own.pillars, sentiment=own.sentiment, reason="")
        for each, own in zip(passages, labelled, strict=True)
    ]
    return replace(coded, records=(*coded, *given))


@dataclass(frozen=True)
class _Table:
    """Codes as arrays: rows are passages that at least two coders coded, columns coders.

    Parameters
    ----------
    coders
        Names of the columns.
    letters
        Index of each row's letter.
    sets
        The sets of pillars that occur.
    pillars, sentiments
        Index of each coder's set and sentiment, `MISSING` where a coder did not code.
    scheme
        The labels.
    """

    coders: tuple[str, ...]
    letters: Indices
    sets: tuple[tuple[str, ...], ...]
    pillars: Indices
    sentiments: Indices
    scheme: LabelScheme

    @classmethod
    def of(cls, coded: CodedPassages) -> _Table:
        rows = {name: row for row, name in enumerate(dict.fromkeys(each.id for each in coded))}
        columns = {name: column for column, name in enumerate(coded.coders)}
        sets = {own: index for index, own in enumerate(dict.fromkeys(each.pillars for each in coded))}
        order = {name: index for index, name in enumerate(coded.scheme.sentiments)}
        pillars = np.full((len(rows), len(columns)), MISSING)
        sentiments = pillars.copy()
        # Passages of an unknown letter each count as a letter of their own.
        names = np.array(list({each.id: each.letter or f"\0{each.id}" for each in coded}.values()))
        for each in coded:
            place = rows[each.id], columns[each.coder]
            pillars[place], sentiments[place] = sets[each.pillars], order[each.sentiment]
        table = cls(coded.coders, names, tuple(sets), pillars, sentiments, coded.scheme)
        return table.of_coders(range(len(columns)))

    def of_coders(self, columns: Sequence[int]) -> _Table:
        """Keep some coders, and the passages that at least two of them coded."""
        chosen = list(columns)
        pillars = self.pillars[:, chosen]
        rows = (pillars != MISSING).sum(axis=1) > 1
        letters = np.unique(self.letters[rows], return_inverse=True)[1]
        coders = tuple(self.coders[column] for column in chosen)
        return _Table(coders, letters, self.sets, pillars[rows], self.sentiments[np.ix_(rows, chosen)], self.scheme)

    def values(self, label: str) -> Indices:
        """Values of each coder: of a pillar 0 or 1, else the index of the sentiment or the set."""
        if label == SENTIMENT:
            return self.sentiments
        if label == SETS:
            return self.pillars
        has = np.array([*(int(label in own) for own in self.sets), MISSING])
        return has[self.pillars]


def _agreement(table: _Table, draws: int) -> Agreement:
    scheme = table.scheme
    distances = {pillar: nominal(2) for pillar in scheme.pillars}
    distances |= {SENTIMENT: nominal(len(scheme.sentiments)), SETS: masi([frozenset(own) for own in table.sets])}
    counts = [alpha_counts(table.values(label), own, table.letters) for label, own in distances.items()]
    pair = len(table.coders) == 2
    tables: list[Floats] = []
    if pair:
        tables = [
            table_counts(table.values(label), len(own), table.letters)
            for label, own in distances.items()
            if label != SETS
        ]
    drawn = draw_sums(np.hstack([*counts, *tables]), draws=draws)
    parts = np.split(drawn, np.cumsum([own.shape[1] for own in (*counts, *tables)])[:-1], axis=1)
    labels: dict[str, LabelAgreement] = {}
    for index, (label, distance) in enumerate(distances.items()):
        sums, own = counts[index].sum(axis=0), parts[index]
        crossed = len(counts) + index
        labels[label] = LabelAgreement(
            label,
            estimate(alphas(sums, distance), alphas(own, distance)),
            estimate(observed(sums), observed(own)),
            _kappa(tables[index].sum(axis=0), parts[crossed]) if crossed < len(parts) else None,
            _given(table, label),
            len(table.letters),
            len(counts[index]),
        )
    return Agreement(
        table.coders, len(table.letters), len(counts[0]), labels, _confusions(table, tables) if pair else {}
    )


def _kappa(table: Floats, drawn: Floats) -> Estimate:
    return estimate(kappas(table), kappas(drawn))


def _given(table: _Table, label: str) -> dict[str, int]:
    if label not in table.scheme.pillars:
        return {}
    return dict(zip(table.coders, map(int, (table.values(label) == 1).sum(axis=0)), strict=True))


def _confusions(table: _Table, tables: Sequence[Floats]) -> dict[str, dict[str, dict[str, int]]]:
    found: dict[str, dict[str, dict[str, int]]] = {}
    for label, counts in zip((*table.scheme.pillars, SENTIMENT), tables, strict=True):
        names = table.scheme.sentiments if label == SENTIMENT else ("not given", "given")
        cells = counts.sum(axis=0).astype(int).reshape(len(names), len(names))
        found[label] = {
            name: dict(zip(names, map(int, row), strict=True)) for name, row in zip(names, cells, strict=True)
        }
    found[SETS] = _swapped(table)
    return found


def _swapped(table: _Table) -> dict[str, dict[str, int]]:
    """Pillars that one coder gave and the other did not, on passages where the other gave one alone too."""
    given = np.stack([table.values(pillar) for pillar in table.scheme.pillars], axis=-1) == 1
    first, second = given[:, 0], given[:, 1]
    cells = (first & ~second).astype(int).T @ (second & ~first).astype(int)
    names = table.scheme.pillars
    return {name: dict(zip(names, map(int, row), strict=True)) for name, row in zip(names, cells, strict=True)}
