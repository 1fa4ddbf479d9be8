"""The words of the figures, in English and in Dutch."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "nl"]

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "prevention": "Prevention",
        "signalling": "Signalling",
        "investigation": "Investigation",
        "shelter": "Shelter",
        "international": "International",
        "none": "No pillar",
        "positive": "Positive",
        "negative": "Negative",
        "mixed": "Mixed",
        "neutral": "Neutral",
        "all": "All passages",
        "share": "Share of passages (%)",
        "share given": "Share of the pillar's passages (%)",
        "share of group": "Share of the group's passages (%)",
        "size": "{passages} passages of {letters} letters",
        "left out": "left out, for want of a {what}:",
        "no interval": "no interval where there are fewer than {n} letters, or all are alike",
        "date": "date",
        "group": "group",
        "interval": "intervals: 95% bootstrap over letters",
        "year": "Year",
        "quarter": "Quarter",
        "month": "Month",
        "years": "Periods of {n} years",
        "probability": "Probability given by the model",
        "observed": "Share that coders agree with",
        "pillars": "Pillars",
        "sentiment": "Sentiment",
        "error": "calibration error {value}",
        "predictions": "{n} decisions",
        "negative axis": "← negative   Share of passages (%)   positive →",
    },
    "nl": {
        "prevention": "Preventie",
        "signalling": "Signalering",
        "investigation": "Opsporing en vervolging",
        "shelter": "Opvang en bescherming",
        "international": "Internationaal",
        "none": "Geen pijler",
        "positive": "Positief",
        "negative": "Negatief",
        "mixed": "Gemengd",
        "neutral": "Neutraal",
        "all": "Alle passages",
        "share": "Aandeel van de passages (%)",
        "share given": "Aandeel van de passages over de pijler (%)",
        "share of group": "Aandeel van de passages van de groep (%)",
        "size": "{passages} passages uit {letters} brieven",
        "left out": "weggelaten, want zonder {what}:",
        "no interval": "geen interval bij minder dan {n} brieven, of als alle gelijk zijn",
        "date": "datum",
        "group": "groep",
        "interval": "intervallen: 95%, bootstrap over brieven",
        "year": "Jaar",
        "quarter": "Kwartaal",
        "month": "Maand",
        "years": "Perioden van {n} jaar",
        "probability": "Kans volgens het model",
        "observed": "Aandeel waarin codeurs het ermee eens zijn",
        "pillars": "Pijlers",
        "sentiment": "Sentiment",
        "error": "kalibratiefout {value}",
        "predictions": "{n} beslissingen",
        "negative axis": "← negatief   Aandeel van de passages (%)   positief →",
    },
}


def words(language: Language) -> dict[str, str]:
    """Words of a language.

    Raises
    ------
    ValueError
        If the figures do not speak it.
    """
    if language not in WORDS:
        raise ValueError(f"language is {' or '.join(map(repr, WORDS))}, not {language!r}")
    return WORDS[language]


def name_of(label: object, language: Language) -> str:
    """Name of a label as a figure shows it; a label of another scheme is its own name."""
    return words(language).get(str(label), str(label))


def group_name(name: object, by: str | None, language: Language) -> str:
    """Name of a group: a label's, or the value of the caller's own column, which is shown as it is."""
    return str(name) if by else name_of(name, language)


def number(value: float, language: Language, decimals: int = 0) -> str:
    """Write a number as the language does.

    Examples
    --------
    >>> number(6713, "en"), number(6713, "nl"), number(0.5, "nl", decimals=2)
    ('6,713', '6.713', '0,50')
    """
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "nl" else text
