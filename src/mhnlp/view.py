"""Views of labelled letters and of evidence in HTML, for notebooks and for paper.

No label is told by its colour alone. Colours tint whatever lies behind them and leave the text its own colour, so that
a view is readable on light and on dark pages. Without its style sheet, as on some sites, it still reads in order.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from mhnlp.palette import COLOURS, GREY, pillar_colours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mhnlp.explanation import Explanation, LabelEvidence, WeightedWord
    from mhnlp.labels import LabelScheme
    from mhnlp.results import LabelledLetter, LabelledPassage

MARKS = {"positive": "▲", "negative": "▼", "mixed": "◆", "neutral": "○"}
OTHER_MARK = "●"
STRONG = 2.0
"""Weight from which on a word is shown in its full colour."""


def letter_html(letter: LabelledLetter, carrying: Sequence[Mapping[str, str]] = ()) -> str:
    """Show a labelled letter, passage by passage.

    Parameters
    ----------
    letter
        The letter.
    carrying
        For each passage the sentence that carries each of its labels; without them no sentence is marked.
    """
    colours = pillar_colours(letter.scheme.pillars)
    sentences = carrying or [{}] * len(letter)
    parts: list[str] = []
    heading = ""
    for passage, own in zip(letter, sentences, strict=True):
        if passage.heading != heading:
            heading = passage.heading
            parts.append(f"<p class='mhnlp-heading'><strong>{escape(heading)}</strong></p>" if heading else "")
        parts.append(_passage_html(passage, letter.scheme, colours, own))
    title = escape(letter.letter.name or "Letter")
    body = f"<header><strong>{title}</strong>{_overview(letter, colours)}</header>{''.join(parts)}"
    return _framed(body)


def evidence_html(explanation: Explanation) -> str:
    """Show a text once for each label, its words tinted by how much they speak for the label or against it."""
    sections = "".join(_evidence_section(explanation.text, each) for each in explanation.evidence)
    key = (
        "<footer><span class='mhnlp-word mhnlp-for' style='--strength:60%'>speaks for</span> "
        "<span class='mhnlp-word mhnlp-against' style='--strength:60%'>speaks against</span> "
        "<span class='mhnlp-carries'>carries the label</span>"
        f"{'<span class=mhnlp-doubt>? better read by a person</span>' if explanation.uncertain else ''}</footer>"
    )
    return _framed(sections + key)


def page(fragments: Sequence[str], title: str) -> str:
    """Make a page of its own of views, in the reader's own light or dark colours."""
    return (
        f"<!doctype html><html lang='nl'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        "<style>:root{color-scheme:light dark}body{max-width:60rem;margin:2rem auto;padding:0 1rem;"
        f"font-family:system-ui,sans-serif}}</style></head><body>{''.join(fragments)}</body></html>"
    )


@lru_cache(maxsize=1)
def _style() -> str:
    return files("mhnlp").joinpath("data", "view.css").read_text(encoding="utf-8")


def _framed(body: str) -> str:
    return f"<div class='mhnlp'><style>{_style()}</style>{body}</div>"


def _passage_html(
    passage: LabelledPassage, scheme: LabelScheme, colours: Mapping[str, str], carrying: Mapping[str, str]
) -> str:
    tags = " ".join(_tag(pillar, colours[pillar], passage.probabilities[pillar]) for pillar in passage.pillars)
    doubt = "<span class='mhnlp-doubt'>? better read by a person</span>" if passage.uncertain else ""
    chances = ", ".join(f"{each} {passage.probabilities[each]:.2f}" for each in scheme.sentiments)
    judgement = (
        f"<div class='mhnlp-judgement' {_tinted(passage.sentiment)} tabindex='0'>"
        f"<span class='mhnlp-mark' aria-hidden='true'>{_mark(passage.sentiment)}</span> {escape(passage.sentiment)}"
        f"<span class='mhnlp-tip'> ({escape(chances)})</span></div>"
    )
    bars = "".join(f"<i style='background:{colours[pillar]}'></i>" for pillar in passage.pillars)
    labels = f"<div class='mhnlp-tags'>{tags}{doubt}</div>" if tags or doubt else ""
    text = _with_carriers(" ".join(passage.text.split()), carrying, colours)
    return (
        f"<section>{judgement}<div class='mhnlp-bars' aria-hidden='true'>{bars}</div>"
        f"<div><p>{text}</p>{labels}</div></section>"
    )


def _tag(name: str, colour: str, probability: float) -> str:
    return (
        f"<span class='mhnlp-tag' style='--colour:{colour}' tabindex='0'>{escape(name)}"
        f"<span class='mhnlp-tip'> ({probability:.2f})</span></span>"
    )


def _with_carriers(text: str, carrying: Mapping[str, str], colours: Mapping[str, str]) -> str:
    """Mark each sentence that carries labels, with their names behind it."""
    labels: dict[str, list[str]] = {}
    for label, sentence in carrying.items():
        labels.setdefault(sentence, []).append(label)
    places = sorted((text.find(sentence), sentence, own) for sentence, own in labels.items())
    done, marked = 0, ""
    for start, sentence, own in places:
        colour = next((colours[label] for label in own if label in colours), "currentColor")
        names = escape(", ".join(own))
        marked += (
            f"{escape(text[done:start])}<span class='mhnlp-carries' style='--colour:{colour}'>{escape(sentence)}</span>"
            f"<sup class='mhnlp-carried'> {names}</sup>"
        )
        done = start + len(sentence)
    return marked + escape(text[done:])


def _mark(sentiment: str) -> str:
    return MARKS.get(sentiment, OTHER_MARK)


def _tinted(sentiment: str) -> str:
    colour = COLOURS.get(sentiment, GREY)
    return f"style='--colour:{colour}{';color:var(--muted)' if colour == GREY else ''}'"


def _overview(letter: LabelledLetter, colours: Mapping[str, str]) -> str:
    """How many passages have each label; the key to the colours and marks too."""
    pillars = Counter(pillar for passage in letter for pillar in passage.pillars)
    sentiments = Counter(passage.sentiment for passage in letter)
    doubts = sum(passage.uncertain for passage in letter)
    tags = [
        f"<span class='mhnlp-tag' style='--colour:{colours[name]}'>{escape(name)} {pillars[name]}</span>"
        for name in letter.scheme.pillars
        if pillars[name]
    ]
    marks = [
        f"<span {_tinted(name)}><span class='mhnlp-mark' aria-hidden='true'>{_mark(name)}</span> "
        f"{escape(name)} {sentiments[name]}</span>"
        for name in letter.scheme.sentiments
        if sentiments[name]
    ]
    doubt = [f"<span class='mhnlp-doubt'>? {doubts} better read by a person</span>"] if doubts else []
    count = f"{len(letter)} passage{'s' * (len(letter) != 1)}"
    return f"<div class='mhnlp-overview'><span>{count}</span> {' '.join(tags + marks + doubt)}</div>"


def _evidence_section(text: str, evidence: LabelEvidence) -> str:
    threshold = "" if evidence.threshold is None else f", given from {evidence.threshold:.2f}"
    name = f"{'' if evidence.given else 'not '}{evidence.label}"
    edge = "" if evidence.threshold is None else f"<i style='left:{evidence.threshold:.0%}'></i>"
    scale = (
        f"<span class='mhnlp-scale' aria-hidden='true'><b style='width:{evidence.probability:.0%}'></b>{edge}</span>"
    )
    head = f"<strong>{escape(name)}</strong> {scale} probability {evidence.probability:.2f}{threshold}"
    without = f"Without the underlined sentence: {max(evidence.probability - evidence.sentence.drop, 0.0):.2f}."
    words = f"For: {_listed(evidence.words_for())}. Against: {_listed(evidence.words_against())}."
    return (
        f"<article><p class='mhnlp-evidence'>{head}</p><p>{_weighed_text(text, evidence)}</p>"
        f"<p class='mhnlp-note'>{without} {words}</p></article>"
    )


def _weighed_text(text: str, evidence: LabelEvidence) -> str:
    carrier = evidence.sentence
    before = [word for word in evidence.words if word.end <= carrier.start]
    within = [word for word in evidence.words if carrier.start <= word.start < carrier.end]
    after = [word for word in evidence.words if word.start >= carrier.end]
    return (
        _weighed_slice(text, before, 0, carrier.start)
        + f"<span class='mhnlp-carries'>{_weighed_slice(text, within, carrier.start, carrier.end)}</span>"
        + _weighed_slice(text, after, carrier.end, len(text))
    )


def _weighed_slice(text: str, words: Sequence[WeightedWord], start: int, end: int) -> str:
    parts: list[str] = []
    for word in words:
        side = "for" if word.weight > 0 else "against"
        strength = min(abs(word.weight) / STRONG, 1) * 75
        shown = escape(word.text)
        if strength >= 5:
            shown = (
                f"<span class='mhnlp-word mhnlp-{side}' style='--strength:{strength:.0f}%' "
                f"title='{word.weight:+.2f}'>{shown}</span>"
            )
        parts += [escape(text[start : word.start]), shown]
        start = word.end
    return "".join([*parts, escape(text[start:end])])


def _listed(words: Sequence[WeightedWord]) -> str:
    return ", ".join(f"{escape(word.text)} {word.weight:+.1f}" for word in words) or "no word"
