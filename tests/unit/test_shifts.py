from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mhnlp.annotations.corpus import AnnotatedCorpus
from mhnlp.errors import MhnlpError
from mhnlp.shifts import drift
from mhnlp.training import train


@pytest.fixture(scope="module")
def halves(corpus):
    """Two halves of sixty letters of the package, drawn at random."""
    letters = np.random.default_rng(0).permutation(sorted(set(corpus.letters)))[:60]
    return [
        AnnotatedCorpus("helft", tuple(each for each in corpus if each.letter in set(own)))
        for own in (letters[:30], letters[30:])
    ]


@pytest.fixture(scope="module")
def model(halves, new_classifier):
    return train(halves[0], name="helft", classifier=new_classifier(words=1, min_texts=2))


@pytest.fixture(scope="module")
def table(halves, model) -> pd.DataFrame:
    labels = model.predict(halves[1].texts)
    return pd.DataFrame({"letter": halves[1].letters, "text": halves[1].texts}).assign(**labels.filter(like="p_"))


def test_letters_of_the_same_making_do_not_differ(model, table):
    found = drift(table, model=model)
    assert found.warnings == ()
    assert [each.statistic for each in found.shifts][:3] == ["unknown words", "words a passage", "expected errors"]
    assert len(found.shifts) == 3 + 9


def test_damaged_letters_differ_in_their_words(model, table):
    damaged = table.assign(text=table["text"].str.replace("e", "c").str.replace("n", "ri"))
    warnings = drift(damaged, model=model).warnings
    assert any(told.startswith("unknown words: the letters of the archive have more by far") for told in warnings)


def test_letters_of_another_subject_differ_in_their_labels(model, table):
    shifted = table.assign(p_shelter=0.9)
    found = {each.statistic: each.verdict for each in drift(shifted, model=model).shifts}
    assert found["p_shelter"] == "differs strongly"
    assert found["p_prevention"] == "alike"


def test_later_years_are_told_apart(model, table):
    late = table["letter"].rank(method="dense") > 15
    table = table.assign(
        date=np.where(late, "2024-05-01", "2019-05-01"), p_shelter=table["p_shelter"].where(~late, 0.9)
    )
    found = drift(table, model=model)
    verdicts = {(each.period, each.statistic): each.verdict for each in found.shifts}
    assert verdicts["2024", "p_shelter"] == "differs strongly"
    assert verdicts["2019", "p_shelter"] == "alike"
    assert any("the letters of 2024 have more" in told for told in found.warnings)
    assert found.to_frame()["period"].unique().tolist() == ["all", "2019", "2024"]


def test_year_of_few_letters_is_not_judged(model, table):
    first = table["letter"].eq(table["letter"].iloc[0])
    found = drift(table.assign(year=np.where(first, 1999, 2020)), model=model)
    assert {each.verdict for each in found.shifts if each.period == "1999"} == {"too few letters"}


def test_what_cannot_be_compared_is_told(model, table):
    with pytest.raises(MhnlpError, match="no column 'text'"):
        drift(table.drop(columns="text"), model=model)
    with pytest.raises(MhnlpError, match="has 1 letters; drift is told from 5 on"):
        drift(table.assign(letter="een"), model=model)


def test_own_model_of_the_first_format_is_to_be_trained_anew(table):
    with pytest.raises(MhnlpError, match="train it anew"):
        drift(table, model=Path(__file__).parents[1] / "data" / "models" / "format1")
