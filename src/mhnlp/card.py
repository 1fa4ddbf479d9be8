"""The model card: what a model is, what it was trained on, and how well it does, as data and as text."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from mhnlp.dutch import PipelineIdentity
from mhnlp.errors import ModelError
from mhnlp.labels import LabelScheme

FORMAT = 2
"""Version of the layout of a model folder; raised when an older mhnlp could not read a newer folder. Format 1 had no
intended use and limits of its own, and no ``training.npz``."""

INTENDED_USE = """To find passages of Dutch policy letters on human trafficking by pillar, and to describe how their
authors judge the progress of the government's approach, over many letters; with a person reading what is marked
`uncertain` and a sample of the rest. It is no basis for a decision about a person, an organisation or a case, and its
labels say nothing about whether a judgement is right."""
LIMITS = """Scores on composed letters are not scores on real ones. Dry official prose, judgement by implication, rare
themes and letters damaged by text recognition are labelled worse. Compare with a coded sample of your own letters
before you report a figure: `mhnlp evaluate YOUR_FILE`."""


@dataclass(frozen=True)
class ModelCard:
    """What a model says of itself.

    Parameters
    ----------
    name
        Name of the model.
    description
        What it is, in a sentence or two.
    scheme
        Its labels.
    pipeline
        Name, version and tokenisation digest of the Dutch pipeline.
    data
        What it was trained on: name, digest, numbers of letters and passages, support of each label.
    settings
        Parameters of the classifier, with those that were chosen by search.
    scores
        Scores by split, each with what was measured, on what, and how.
    thresholds
        Threshold of each pillar; the sentiment is the most probable one.
    doubt
        Expected number of wrong decisions above which a passage is uncertain.
    versions
        Versions of Python and of the packages that trained it.
    created
        Date of training, ISO 8601.
    licence
        Licence of the weights.
    intended_use, limits
        What it is for, and what it cannot do.
    """

    name: str
    description: str
    scheme: LabelScheme
    pipeline: dict[str, str]
    data: dict[str, Any]
    settings: dict[str, Any]
    thresholds: dict[str, float]
    doubt: float
    versions: dict[str, str]
    created: str
    scores: dict[str, Any] = field(default_factory=dict)
    licence: str = "not stated"
    intended_use: str = INTENDED_USE
    limits: str = LIMITS
    format: int = FORMAT

    def to_json(self) -> str:
        """Text of ``card.json``."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> ModelCard:
        """Card that `to_json` wrote.

        Raises
        ------
        ModelError
            If the text is no card, or that of a newer format.
        """
        try:
            fields = json.loads(text)
            if not isinstance(fields["format"], int):
                raise ModelError(f"has a format that is no whole number: {fields['format']!r}")
            if fields["format"] > FORMAT:
                raise ModelError(
                    f"has format {fields['format']}, and this mhnlp reads up to {FORMAT}; upgrade mhnlp, or train the "
                    "model anew with this one (mhnlp train)"
                )
            scheme = LabelScheme(**{name: tuple(labels) for name, labels in fields.pop("scheme").items()})
            PipelineIdentity(**fields["pipeline"])
            return cls(scheme=scheme, **fields)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ModelError(f"is no model card of this version of mhnlp ({error!r})") from error

    def main_scores(self) -> str:
        """Macro-F1 of pillars and sentiment, as the first split tells them."""
        first: dict[str, Any] = next(iter(self.scores.values()), {})
        told = {label: first.get(f"{label}, macro-F1") for label in ("pillars", "sentiment")}
        return ", ".join(f"{label} {figure}" for label, figure in told.items() if figure) or "none recorded"

    def to_markdown(self) -> str:
        """Text of the card for people, ``README.md`` in the model's folder."""
        return MARKDOWN.format(
            name=self.name,
            description=self.description,
            created=self.created,
            licence=self.licence,
            pipeline=f"{self.pipeline['name']} {self.pipeline['version']}",
            data="\n".join(f"- {key}: {_inline(value)}" for key, value in self.data.items()),
            settings="\n".join(f"- {key}: {_inline(value)}" for key, value in self.settings.items()),
            scores="\n\n".join(_scores(name, split) for name, split in self.scores.items()) or "None recorded.",
            thresholds=_row(self.thresholds),
            doubt=f"{self.doubt:.3f}",
            versions=_inline(self.versions),
            intended_use=self.intended_use,
            limits=self.limits,
        )


MARKDOWN = """# Model card: {name}

{description}

- trained on {created}, licence of the weights {licence}
- Dutch pipeline: {pipeline}
- versions: {versions}

## Intended use

{intended_use}

## Trained on

{data}

## Settings

{settings}

## Scores

{scores}

## Decisions

Thresholds: {thresholds}. The sentiment is the most probable one.

A passage is `uncertain` when the model expects more than {doubt} wrong decisions on it.

## Limits

{limits}
"""


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_inline(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_inline, value))
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _row(values: dict[str, float]) -> str:
    return ", ".join(f"{label} {value:.2f}" for label, value in values.items())


def _scores(name: str, split: dict[str, Any]) -> str:
    lines = [f"### {name}", ""]
    lines += [f"- {key}: {_inline(value)}" for key, value in split.items() if key != "table"]
    for row in split.get("table", []):
        cells = " | ".join(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row)
        lines.append(f"| {cells} |")
        if row is split["table"][0]:
            lines.append("|" + "---|" * len(row))
    position = next((index for index, line in enumerate(lines) if line.startswith("|")), len(lines))
    return "\n".join([*lines[:position], "", *lines[position:]]) if position < len(lines) else "\n".join(lines)
