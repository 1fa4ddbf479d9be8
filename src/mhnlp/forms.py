"""Fixed forms of Dutch official letters: dates, fields of the letterhead, salutations, closings, list markers."""

from __future__ import annotations

import re

MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
DATE = rf"(?:\d{{1,2}}\s+(?:{'|'.join(MONTHS)})\s+\d{{4}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}})"
FIELD = (
    r"(?:Datum|Onderwerp|Betreft|(?:Ons|Uw|Onze|Mijn)\s+(?:kenmerk|referentie|brief(?:\s+van)?)|Kenmerk|"
    r"Contactpersoon|Bijlagen?(?:\(n\))?|Behandeld\s+door|Doorkiesnummer|Telefoon|E-mail|Projectnaam|Auteur)"
)
REFERENCE = r"(?=[\w./-]*\d)[\w./-]{4,}"

FIELD_LINE = re.compile(rf"(?:{FIELD})\s*:?(?:\s+(?:{DATE}|{REFERENCE}))?")
"""A line that holds nothing but a field of the letterhead."""
FIELD_START = re.compile(rf"{FIELD}(?:\s*:|\s+(?=[A-Z0-9(])|$)")
"""The beginning of a line that may be a field of the letterhead."""
DATE_LINE = re.compile(rf"(?:[A-Z][\w’' -]+,\s+)?(?:\d{{1,2}}\s+)?(?:{DATE})", re.IGNORECASE)
PAGE_LINE = re.compile(r"(?:pagina|pag\.|blad|p\.)?\s*[-–]?\s*\d{1,4}\s*(?:(?:van|/|-|–)\s*\d{0,4})?\s*", re.IGNORECASE)

ITEM = re.compile(r"(?:[•●▪■◦‣·*➢✓\uf0b7\uf0a7\uf0d8–—-]|o(?=\s)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)°])\s+(?=\S)")
"""The marker of a list item; some programs draw bullets from a font's private characters."""

SALUTATION = re.compile(
    r"(?:(?:zeer\s+)?(?:hoog)?geachte?|excellenties?|beste|l\.?s\.?(?!\w)|mijnheer|mevrouw|weledel\w*|hooggeleerde)(?!\w)[^.?!]*",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"(?i:hoogachtend|(?:met|onder)\s+(?:de\s+)?(?:\w+\s+){0,2}(?:hoogachting|groet(?:en)?)|(?:vriendelijke|hartelijke)\s+"
    r"groet(?:en)?|w\.?\s?g\.)(?:\s*[,.]?|(?:,|(?<=\.)|\s+(?:de|het|namens|mede|(?=[A-Z])))[^.?!;]{0,300}[.]?|\s+[A-Z].{0,80})"
)
"""A closing formula, with the office or the name that follows it: a sentence goes on in lower case."""
OFFICE = re.compile(
    r"(?:mede\s+)?(?:namens\s+)?(?:de|het)\s+(?:minister|staatssecretaris|college|regering)\b.*",
    re.IGNORECASE,
)
