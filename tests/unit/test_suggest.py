from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from mhnlp.annotations.corpus import AnnotatedCorpus, AnnotatedPassage
from mhnlp.annotations.suggest import suggest
from mhnlp.errors import MhnlpError

WORDS = "opvang politie school verdrag melding begroting gemeente inspectie rechter zorg werkgever grens".split()


def archive(letters: int = 20, size: int = 5) -> pd.DataFrame:
    """An archive in whose odd letters the model is unsure."""
    random = np.random.default_rng(0)
    rows = [
        {
            "letter": f"brief{letter:02}.txt",
            "passage": number,
            "heading": "",
            "text": " ".join(random.choice(WORDS, 8)) + f" {letter} {number}",
            "pillars": "p" if letter % 2 == 0 else "",
            "sentiment": "goed",
            "p_p": 0.98 if letter % 2 == 0 else 0.45,
            "p_goed": 0.97 if letter % 2 == 0 else 0.4,
            "p_slecht": 0.03 if letter % 2 == 0 else 0.3,
            "p_geen": 0.0 if letter % 2 == 0 else 0.3,
            "date": f"{2018 + letter % 4}-01-01",
        }
        for letter in range(letters)
        for number in range(1, size + 1)
    ]
    return pd.DataFrame(rows)


def test_unsure_passages_are_chosen_and_a_share_at_random_with_its_weight():
    chosen = suggest(archive(), 20, random_share=0.25)
    assert chosen["chosen"].value_counts().to_dict() == {"unsure": 15, "random": 5}
    unsure = chosen[chosen["chosen"] == "unsure"]
    assert unsure["letter"].str.extract(r"(\d+)")[0].astype(int).mod(2).eq(1).all()
    assert unsure["weight"].eq(0).all()
    # Five random passages stand for the hundred of the archive.
    assert chosen["weight"].sum() == 100
    assert chosen["passage"].is_unique


def test_labels_are_hidden_unless_wanted():
    hidden, shown = suggest(archive(), 10), suggest(archive(), 10, show_labels=True)
    assert set(hidden["pillars"]) == set(hidden["sentiment"]) == {""}
    assert set(shown["sentiment"]) == {"goed"}
    assert hidden["passage"].tolist() == shown["passage"].tolist()
    assert not [name for name in hidden.columns if name.startswith("p_")]


def test_choice_follows_the_seed():
    assert suggest(archive(), 20).equals(suggest(archive(), 20))
    assert not suggest(archive(), 20).equals(suggest(archive(), 20, seed=1))


def test_unsure_passages_are_spread_over_letters_and_years():
    chosen = suggest(archive(), 10, random_share=0)
    assert chosen["letter"].nunique() >= 8
    years = chosen["letter"].str.extract(r"(\d+)")[0].astype(int).mod(4)
    assert years.value_counts().to_dict() in ({1: 5, 3: 5}, {1: 6, 3: 4}, {1: 4, 3: 6})


def test_no_near_duplicates_of_what_is_annotated_and_none_among_the_unsure():
    table = archive()
    known = table.loc[5:30, "text"].tolist()
    annotated = AnnotatedCorpus(
        "gecodeerd",
        tuple(AnnotatedPassage(str(k), str(k), text.upper() + " !", (), "neutral") for k, text in enumerate(known)),
    )
    chosen = suggest(table, 60, annotated=annotated)
    assert not set(chosen["text"]) & set(known)
    assert chosen["weight"].sum() == pytest.approx(100 - len(known))
    table["text"] = "Steeds dezelfde passage over de opvang."
    assert len(suggest(table, 10, random_share=0)) == 1


def test_share_at_random_tells_how_common_a_label_is():
    table = archive(60)
    shares = []
    for seed in range(40):
        chosen = suggest(table, 30, random_share=0.5, seed=seed, show_labels=True)
        shares.append(np.average(chosen["pillars"] == "p", weights=chosen["weight"]))
    assert np.mean(shares) == pytest.approx(0.5, abs=0.06)


def test_more_than_there_is_gives_all():
    assert len(suggest(archive(4, 2), 50)) == 8


def test_table_read_from_a_file_serves_as_well(tmp_path):
    path = tmp_path / "labels.csv"
    archive().to_csv(path, index=False)
    assert suggest(pd.read_csv(path), 20)["passage"].tolist() == suggest(archive(), 20)["passage"].tolist()


def test_passages_without_text_are_passed_over():
    table = archive(4, 2)
    table.loc[0:3, "text"] = [None, "", "  ", "!"]
    assert len(suggest(table, 50)) == 5


def test_order_of_the_file_tells_nothing_of_the_choice():
    kinds = suggest(archive(), 40, random_share=0.5)["chosen"].tolist()
    assert sum(first != second for first, second in pairwise(kinds)) > 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, "at least 1, not 0"),
        ({"n": 5, "random_share": 1.5}, "between 0 and 1, not at 1.5"),
    ],
)
def test_numbers_without_sense_are_refused(options, message):
    with pytest.raises(MhnlpError, match=message):
        suggest(archive(), **options)


def test_tables_that_are_no_labels_are_refused():
    with pytest.raises(MhnlpError, match="no column 'text'"):
        suggest(archive().drop(columns="text"), 5)
    with pytest.raises(MhnlpError, match="sum to one"):
        suggest(archive().drop(columns="p_goed"), 5)
