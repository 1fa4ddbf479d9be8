"""Other labels than the package's, from the file to the labelled letter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mhnlp.annotations.tables import read_annotations, write_table
from mhnlp.card import ModelCard
from mhnlp.curve import learning_curve
from mhnlp.errors import AnnotationError, SchemeError, TrainingError
from mhnlp.evaluation import evaluate
from mhnlp.labels import SCHEME, LabelScheme
from mhnlp.model import load_model
from mhnlp.pipeline import classify
from mhnlp.shifts import drift
from mhnlp.suspects import label_errors
from mhnlp.training import train

TEXT = """pillars = ["housing", "labour"]
sentiments = ["good", "bad", "none"]

[dutch]
housing = "huisvesting"
"""
SUBJECTS = {"housing": "De huisvesting van arbeidsmigranten in {}", "labour": "Het toezicht op werkgevers in {}"}
JUDGEMENTS = {"good": "is sterk verbeterd.", "bad": "schiet helaas tekort.", "none": "staat in de bijlage."}


@pytest.fixture(scope="module")
def scheme(tmp_path_factory) -> LabelScheme:
    path = tmp_path_factory.mktemp("schema") / "scheme.toml"
    path.write_text(TEXT, encoding="utf-8")
    return LabelScheme.read(path)


@pytest.fixture(scope="module")
def coded(scheme, tmp_path_factory):
    rows = [
        (f"b{letter}", f"{subject.format(letter)} {judgement}", pillar, sentiment)
        for letter in range(9)
        for pillar, subject in SUBJECTS.items()
        for sentiment, judgement in JUDGEMENTS.items()
    ]
    path = tmp_path_factory.mktemp("eigen") / "coded.csv"
    write_table(path, ("letter", "text", "pillars", "sentiment"), rows)
    return read_annotations(path, scheme)


@pytest.fixture(scope="module")
def trained(coded, new_classifier):
    return train(coded, name="wonen", classifier=new_classifier())


def test_scheme_is_read_with_its_dutch_names(scheme):
    assert scheme == LabelScheme(("housing", "labour"), ("good", "bad", "none"))
    assert scheme.dutch == ("huisvesting", "labour", "good", "bad", "none")


def test_the_package_names_each_of_its_labels_in_dutch():
    assert dict(zip(SCHEME.labels, SCHEME.dutch, strict=True))["shelter"] == "opvang"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pillars = [", "is no TOML"),
        ("pillars = ['a']", "has no list sentiments"),
        ("pillars = 'a'\nsentiments = ['b', 'c']", "has no list pillars"),
        ("pilars = ['a']\nsentiments = ['b', 'c']", "'pilars' is not known here; did you mean 'pillars'"),
        ("pillars = []\nsentiments = ['b', 'c']", "at least one pillar"),
        ("pillars = ['a']\nsentiments = ['b']", "two sentiments"),
        ("pillars = ['a', 'a']\nsentiments = ['b', 'c']", "each label once"),
        ("pillars = ['a b']\nsentiments = ['b', 'c']", "is one word"),
        ("pillars = ['']\nsentiments = ['b', 'c']", "is one word"),
        ("pillars = [1]\nsentiments = ['b', 'c']", "is one word"),
        ("pillars = ['a']\nsentiments = ['b', 'c']\n[dutch]\nd = 'x'", "names 'd', which is no label"),
        ("pillars = ['a']\nsentiments = ['b', 'c']\n[dutch]\na = 1", "is a table of names"),
        ("pillars = ['a']\nsentiments = ['b', 'c']\ndutch = 'x'", "is a table of names"),
    ],
)
def test_mistake_in_a_scheme_file_is_told_with_the_file(tmp_path, text, message):
    path = tmp_path / "scheme.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SchemeError, match=rf"scheme\.toml: .*{message}"):
        LabelScheme.read(path)


def test_missing_scheme_file_and_one_that_is_no_text_are_told(tmp_path):
    with pytest.raises(SchemeError, match="cannot be read"):
        LabelScheme.read(tmp_path / "weg.toml")
    (tmp_path / "scheme.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SchemeError, match="is no TOML"):
        LabelScheme.read(tmp_path / "scheme.toml")


def test_number_of_dutch_names_must_fit():
    with pytest.raises(SchemeError, match="as many Dutch names"):
        LabelScheme(("a",), ("b", "c"), dutch=("x",))


def test_model_of_other_labels_labels_letters_and_tells_them_everywhere(trained, tmp_path):
    model = load_model(trained.save(tmp_path / "wonen"))
    letter = classify("De huisvesting van arbeidsmigranten in Breda schiet helaas tekort.", model=model)
    assert (letter[0].pillars, letter[0].sentiment) == (("housing",), "bad")
    assert [name for name in letter.to_frame().columns if name.startswith("p_")] == [
        "p_housing",
        "p_labour",
        "p_good",
        "p_bad",
        "p_none",
    ]
    assert "housing" in letter._repr_html_()
    assert model.card.scheme.dutch[0] == "huisvesting"
    assert ModelCard.from_json(model.card.to_json()) == model.card
    assert "housing, labour, good, bad, none" in model.card.to_markdown()
    assert "human trafficking" not in model.card.to_markdown()


def test_model_of_other_labels_is_evaluated_and_checked(trained, coded):
    scores = evaluate(trained, coded)
    assert list(scores.confusion) == ["good", "bad", "none"]
    assert [each.label for each in scores.labels] == list(coded.scheme.labels)
    assert label_errors(trained).empty
    table = coded.to_frame().assign(
        **{f"p_{label}": trained.predict(coded.texts)[f"p_{label}"] for label in coded.scheme.labels}
    )
    assert {shift.statistic for shift in drift(table, model=trained).shifts} >= {"p_housing", "p_none"}


def test_learning_curve_of_other_labels(coded, new_classifier):
    curve = learning_curve(coded, classifier=new_classifier(), repeats=1)
    assert curve.points[-1].letters == 6


def test_other_labels_are_not_mixed_with_the_package_corpus(coded):
    with pytest.raises(TrainingError, match=r"has other labels, so train on it alone"):
        train(coded, with_corpus=True)


@pytest.fixture
def other_folder(toy_corpus, write_folder, tmp_path):
    """A corpus folder with coded sentences whose sentiments have names of their own."""
    names = {"positive": "good", "negative": "bad", "mixed": "both", "neutral": "none"}
    passages = tuple(replace(each, sentiment=names[each.sentiment]) for each in toy_corpus)
    folder = write_folder(tmp_path / "folder", replace(toy_corpus, passages=passages))
    codes = (folder / "codes.csv").read_text(encoding="utf-8")
    (folder / "codes.csv").write_text(codes.replace("mixed", "both"), encoding="utf-8")
    return folder


OTHER = LabelScheme(SCHEME.pillars, ("good", "bad", "both", "none"))


def test_sentences_that_make_sentiments_of_another_scheme_are_told_once(other_folder):
    with pytest.raises(AnnotationError) as raised:
        read_annotations(other_folder, OTHER)
    (problem,) = raised.value.problems
    assert (problem.file, problem.line) == ("sentences.csv", 2)
    assert "make neutral, positive, and the scheme has good, bad, both, none; leave all rows but" in problem.message


def test_folder_of_another_scheme_without_sentences_trains_and_names_its_coders(other_folder, new_classifier):
    table = other_folder / "sentences.csv"
    table.write_text(table.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    model = train(other_folder, scheme=OTHER, classifier=new_classifier(characters=(3, 3), folds=2))
    assert model.card.data["coders"] == ["A", "B"]
    assert set(model.predict(["De opvang is vol."])["sentiment"]) <= {"good", "bad", "both", "none"}


def test_sentences_serve_a_scheme_that_has_the_sentiments_they_make(toy_corpus, write_folder, tmp_path):
    scheme = LabelScheme(SCHEME.pillars, ("neutral", "positive", "negative"))
    unmixed = replace(toy_corpus, passages=tuple(each for each in toy_corpus if each.sentiment != "mixed"))
    folder = write_folder(tmp_path / "folder", unmixed)
    codes = (folder / "codes.csv").read_text(encoding="utf-8")
    (folder / "codes.csv").write_text(codes.replace("mixed", "neutral"), encoding="utf-8")
    read = read_annotations(folder, scheme)
    assert read.passages == unmixed.passages
    assert len(read.parts().texts) == 2 * len(unmixed)
