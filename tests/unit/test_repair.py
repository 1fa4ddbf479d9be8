from __future__ import annotations

import pytest

from mhnlp.alignment import AlignedText
from mhnlp.repair import compounds, join_lines


def joined(upper: str, lower: str, text: str = "") -> str:
    source = f"{upper}\n{lower}"
    lines = [AlignedText.of(source, 0, len(upper)), AlignedText.of(source, len(upper) + 1, len(source))]
    return join_lines(lines, compounds(text)).text


@pytest.mark.parametrize(
    ("upper", "lower", "wanted"),
    [
        ("mensen-", "handel", "mensenhandel"),
        ("asiel-", "en migratiebeleid", "asiel- en migratiebeleid"),
        ("niet-", "begeleide", "niet-begeleide"),
        ("re-", "integratie", "re-integratie"),
        ("de OM-", "zaken", "de OM-zaken"),
        ("Zuid-", "Holland", "Zuid-Holland"),
        ("ver-van-mijn-", "bed", "ver-van-mijn-bed"),
        ("financi-", "eel", "financieel"),
        ("het kabinet -", "zo blijkt", "het kabinet - zo blijkt"),
    ],
)
def test_hyphen_at_a_line_end(upper, lower, wanted):
    assert joined(upper, lower) == wanted


def test_word_that_keeps_its_hyphen_elsewhere_keeps_it_here():
    assert joined("een buddy-", "systeem", "Het buddy-systeem werkt.") == "een buddy-systeem"
    assert joined("een buddy-", "systeem") == "een buddysysteem"
