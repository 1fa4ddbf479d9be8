from __future__ import annotations

import time
from pathlib import Path

import pytest

from mhnlp.errors import ModelError, ReadingError, TextError
from mhnlp.letter import Letter
from mhnlp.pipeline import MAX_CHARACTERS, classify
from mhnlp.reading import read_letter
from mhnlp.results import LabelledLetter, LabelledLetters


@pytest.fixture
def label(tiny_model):
    def label(source, **options):
        return classify(source, model=tiny_model, **options)

    return label


def test_text_path_and_letter_are_labelled_alike(label, letter_file, letter_text):
    by_text, by_path = label(letter_text), label(letter_file)
    by_letter = label(read_letter(letter_file))
    assert by_text.passages == by_path.passages == by_letter.passages
    assert (by_text.letter.name, by_path.letter.name) == ("", "brief.txt")
    assert by_path == by_letter


def test_passages_keep_heading_and_place_and_get_the_labels_of_their_text(label, letter_text, tiny_model):
    labelled = label(letter_text)
    assert [passage.heading for passage in labelled] == ["Opvang", "Opsporing"]
    assert [passage.pillars for passage in labelled] == [("shelter",), ("investigation",)]
    assert [passage.sentiment for passage in labelled] == ["negative", "neutral"]
    for passage in labelled:
        assert letter_text[passage.start : passage.end] == passage.text
    assert labelled.model == tiny_model.fingerprint


def test_iterable_gives_a_labelled_letter_for_each_item(label, letter_file, letter_text):
    labelled = label(source for source in (letter_text, letter_file))
    assert isinstance(labelled, LabelledLetters)
    assert len(labelled) == 2
    assert labelled[0].passages == labelled[1].passages
    assert len(label([])) == 0


def test_unit_sentence_labels_each_sentence_at_its_place(label, letter_text):
    labelled = label(letter_text, unit="sentence")
    assert isinstance(labelled, LabelledLetter)
    assert [passage.kind for passage in labelled] == ["sentence"] * 4
    assert [passage.text for passage in labelled] == [letter_text[each.start : each.end] for each in labelled]
    assert labelled[1].sentiment == "negative"


def test_letters_do_not_depend_on_each_other(label, letter_text):
    other = letter_text.replace("opvang", "recherche")
    assert label([other, letter_text])[1].passages == label(letter_text).passages


@pytest.mark.parametrize("text", ["", "  \n\t", "\ufeff"])
def test_empty_text_is_refused(label, text):
    with pytest.raises(TextError, match=r"is empty|no running text"):
        label(text)


def test_letter_without_running_text_is_refused_by_name(label):
    with pytest.raises(TextError, match=r"The letter 'leeg.txt' has no running text"):
        label(Letter("Geachte voorzitter,\n\nHoogachtend,", name="leeg.txt"))


def test_letter_in_a_foreign_language_is_refused(label):
    text = "The government has taken several steps, but the shelters are still full, and that is not good. " * 2
    with pytest.raises(TextError, match="is in English"):
        label(text)


@pytest.mark.parametrize(
    ("times", "error", "told"),
    [(300_000, ReadingError, "more than 10,000,000 characters"), (80_000, TextError, f"at most {MAX_CHARACTERS:,}")],
)
def test_megabytes_are_refused_at_once(label, tmp_path, times, error, told):
    path = tmp_path / "archief.txt"
    path.write_text("De opvang van slachtoffers is vol. " * times, encoding="utf-8")
    started = time.perf_counter()
    with pytest.raises(error, match=told):
        label(path)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("name", ["brief.txt", "C:\\brieven\\brief.docx", "../brief.PDF"])
def test_path_given_as_a_string_is_refused_with_what_to_write(label, name):
    with pytest.raises(TextError, match="looks like a path") as caught:
        label(name)
    assert f"Path({name!r})" in str(caught.value)


@pytest.mark.parametrize(
    ("source", "named"), [(None, "NoneType"), (3, "int"), ([3], "int"), ([None], "NoneType"), (b"De opvang", "bytes")]
)
def test_what_is_no_letter_is_refused_by_its_type(label, source, named):
    with pytest.raises(TypeError, match=f"not {named}"):
        label(source)


def test_windows_1252_and_utf_8_files_are_labelled_alike(label, tmp_path):
    text = "De coördinatie in de opvang in Delft is één groot “probleem”. Dat is helaas een gemiste kans."
    for encoding in ("cp1252", "utf-8"):
        (tmp_path / f"{encoding}.txt").write_bytes(text.encode(encoding))
    assert label(tmp_path / "cp1252.txt").passages == label(tmp_path / "utf-8.txt").passages
    assert label(tmp_path / "cp1252.txt")[0].text == text


def test_missing_file_unknown_unit_and_unknown_model_are_refused(label, letter_text):
    with pytest.raises(ReadingError, match="no such file"):
        label(Path("weg.txt"))
    with pytest.raises(ValueError, match="'passage' or 'sentence'"):
        label(letter_text, unit="word")
    with pytest.raises(ModelError, match="no model 'onbekend'"):
        classify(letter_text, model="onbekend")


def test_model_may_be_named_by_its_folder(letter_text, tiny_model_folder, label):
    assert classify(letter_text, model=tiny_model_folder) == label(letter_text)
    assert classify(letter_text, model=str(tiny_model_folder)) == label(letter_text)


@pytest.mark.parametrize(
    "text",
    [
        "Geachte voorzitter,\n\nDit zijn zij:\n\n" + "\n".join(["- het plan"] * 4000),
        "Dat vindt het kabinet van de opvang Datum\nniet" + " " * 10_000 + "goed.",
        "Het kabinet vindt dat de opvang niet mag wachten. " * 2000,
    ],
    ids=["many fragments of a list", "a long run of spaces", "one very long paragraph"],
)
def test_odd_letter_of_a_hundred_kilobytes_takes_seconds_at_most(label, text):
    # Ten times what linear time needs, so that a slow machine passes and quadratic time does not.
    started = time.process_time()
    label(text)
    assert time.process_time() - started < 3
