"""Eight composed passages, and what two coders gave them, from which the fixtures are made."""

from __future__ import annotations

PASSAGES = [
    {
        "passage": "brief-01-1",
        "letter": "brief-01",
        "date": "2023-10-20",
        "heading": "Opvang",
        "text": "De wachttijd voor de categorale opvang is helaas opgelopen tot zes weken.",
    },
    {
        "passage": "brief-01-2",
        "letter": "brief-01",
        "date": "2023-10-20",
        "heading": "Opvang",
        "text": "In 2022 telde de opvang 86 plaatsen; de rapporteur noemt dat getal “krap”, zonder toelichting.",
    },
    {
        "passage": "brief-01-3",
        "letter": "brief-01",
        "date": "2023-10-20",
        "heading": "Preventie",
        "text": "De voorlichting op scholen bereikte 1.200 klassen.\nDat is een mooie stap vooruit.",
    },
    {
        "passage": "brief-02-1",
        "letter": "brief-02",
        "date": "2024-03-05",
        "heading": "",
        "text": 'De rechtbank achtte "het handelen; het voordeel" bewezen, en legde 30 maanden op.',
    },
    {
        "passage": "brief-02-2",
        "letter": "brief-02",
        "date": "2024-03-05",
        "heading": "",
        "text": "Hoewel meldpunten beter registreren, ontbreekt nog zicht op uitbuiting via apps 📱 en sociale media.",
    },
    {
        "passage": "brief-02-3",
        "letter": "brief-02",
        "date": "2024-03-05",
        "heading": "Internationaal",
        "text": "Met Roemenië en Bulgarije, én met Europol, is een gezamenlijk onderzoeksteam opgericht.",
    },
    {
        "passage": "brief-03-1",
        "letter": "brief-03",
        "date": "2025-01-14",
        "heading": "",
        "text": "Het programma loopt tot en met 2026; de begroting is € 12,5 miljoen (zie < bijlage A > & B).",
    },
    {
        "passage": "brief-03-2",
        "letter": "brief-03",
        "date": "2025-01-14",
        "heading": "",
        "text": "Deze passage slaat een van beide codeurs over.",
    },
]

# Coder, passage, pillars, sentiment, comment. Coder b leaves the last passage without codes; the coders differ on
# the pillars of brief-01-2 and on the sentiment of brief-02-2.
CODES = [
    ("codeur-a", "brief-01-1", ["shelter"], "negative", ""),
    ("codeur-a", "brief-01-2", ["shelter"], "neutral", ""),
    ("codeur-a", "brief-01-3", ["prevention"], "positive", ""),
    ("codeur-a", "brief-02-1", ["investigation"], "neutral", ""),
    ("codeur-a", "brief-02-2", ["signalling"], "mixed", "regel 12"),
    ("codeur-a", "brief-02-3", ["investigation", "international"], "neutral", ""),
    ("codeur-a", "brief-03-1", [], "neutral", ""),
    ("codeur-a", "brief-03-2", [], "neutral", ""),
    ("codeur-b", "brief-01-1", ["shelter"], "negative", ""),
    ("codeur-b", "brief-01-2", ["signalling", "shelter"], "neutral", "telt dit als cijfer?"),
    ("codeur-b", "brief-01-3", ["prevention"], "positive", ""),
    ("codeur-b", "brief-02-1", ["investigation"], "neutral", ""),
    ("codeur-b", "brief-02-2", ["signalling"], "negative", ""),
    ("codeur-b", "brief-02-3", ["investigation", "international"], "neutral", ""),
    ("codeur-b", "brief-03-1", [], "neutral", ""),
]

PILLARS = ["prevention", "signalling", "investigation", "shelter", "international"]
SENTIMENTS = ["positive", "negative", "mixed", "neutral"]
