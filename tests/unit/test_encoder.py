import numpy as np
import pytest

import mhnlp
from mhnlp.encoder import CODES, OUTPUTS, WINDOW

TEXTS = [
    "De opvang van slachtoffers schiet ernstig tekort.",
    "Met Roemenië en Bulgarije is een gemeenschappelijk onderzoeksteam ingesteld.",
    "De Kamer ontvangt de evaluatie in het najaar.",
]


@pytest.fixture(scope="module")
def encoder():
    return mhnlp.load_model("accurate").classifier.encoder


def test_scores_follow_the_meaning(encoder):
    scores = dict(zip(OUTPUTS, encoder.scores(TEXTS).T, strict=True))
    assert scores["shelter"].argmax() == 0
    assert scores["international"].argmax() == 1
    assert scores["criticism"].argmax() == 0


def test_scores_of_a_text_do_not_depend_on_the_texts_beside_it(encoder):
    together = encoder.scores(TEXTS)
    assert all(encoder.scores([text]).tobytes() == row.tobytes() for text, row in zip(TEXTS, together, strict=True))


def test_white_space_does_not_count(encoder):
    assert encoder.scores([TEXTS[0].replace(" ", " \n ")]).tobytes() == encoder.scores(TEXTS[:1]).tobytes()


def test_long_text_keeps_the_codes_of_its_last_window(encoder):
    filler = " ".join([TEXTS[2]] * (WINDOW // 5))
    scores = encoder.scores([filler, f"{filler} {TEXTS[0]}"])
    assert scores[1, CODES.index("shelter")] > scores[0, CODES.index("shelter")]


@pytest.mark.parametrize("text", ["", " ", "\u200b", "木"])
def test_texts_without_known_pieces_have_finite_scores(encoder, text):
    assert np.isfinite(encoder.scores([text])).all()


def test_no_texts_have_no_scores(encoder):
    assert encoder.scores([]).shape == (0, len(OUTPUTS))


def test_passing_over_a_part_lowers_what_it_says(encoder):
    text = " ".join(TEXTS[:2])
    cut = len(TEXTS[0])
    whole, without_first, without_second = encoder.scores_without(text, [(0, 0), (0, cut), (cut + 1, len(text))])
    shelter, abroad = CODES.index("shelter"), CODES.index("international")
    assert without_first[shelter] < whole[shelter] - 1 < without_second[shelter]
    assert without_second[abroad] < whole[abroad] - 1 < without_first[abroad]


def test_parts_of_a_long_text_are_passed_over_in_their_window(encoder):
    filler = " ".join([TEXTS[2]] * (WINDOW // 5))
    text = f"{filler} {TEXTS[0]}"
    whole, without = encoder.scores_without(text, [(0, 0), (len(filler) + 1, len(text))])
    assert without[CODES.index("shelter")] < whole[CODES.index("shelter")] - 1


def test_no_parts_have_no_scores(encoder):
    assert encoder.scores_without(TEXTS[0], []).shape == (0, len(CODES))
