from __future__ import annotations

import documents
from mhnlp.inspection import reading_report
from mhnlp.letter import Letter
from mhnlp.reading import read_letter

TEXT = "De opvang van slachtoffers is dit jaar uitgebreid met dertig plaatsen in het noorden van het land."


def test_report_counts_what_was_repaired_and_set_apart(tmp_path):
    source = next(source for source in documents.sources() if any(part.note for part in source.parts))
    path = tmp_path / "brief.pdf"
    path.write_bytes(documents.pdf(source, documents.LAYOUTS["ministry"]))
    report = reading_report(read_letter(path))
    assert report.repairs["hyphens joined"] > 0
    assert report.repairs["note references taken out"] == sum(bool(part.note) for part in source.parts)
    assert report.kinds["note"] == report.repairs["note references taken out"]
    assert report.noise < 0.01
    assert "hyphens joined" in str(report)


def test_noise_of_recognition_and_a_foreign_language_are_warned_of():
    noisy = Letter(TEXT.replace("slachtoffers", "sl{chto|fers").replace("dertig", "d3rtig"), name="a")
    assert "look like errors of recognition" in str(reading_report(noisy))
    assert reading_report([noisy, noisy]).warnings[0].startswith("a: ")
    assert reading_report(Letter("")).warnings == ("no running text was found",)
