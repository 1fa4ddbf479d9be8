from __future__ import annotations

from dataclasses import replace

import krippendorff
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from mhnlp.annotations.agreement import LabelAgreement, agreement
from mhnlp.annotations.coded import CodedPassage, CodedPassages
from mhnlp.annotations.coefficients import MISSING, alpha_counts, alphas, masi, nominal
from mhnlp.errors import MhnlpError
from mhnlp.estimate import Estimate
from mhnlp.labels import SCHEME
from mhnlp.resources import corpus_folder

# Krippendorff, Computing Krippendorff's alpha-reliability (2011), section B: binary data, two observers.
FIRST = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
SECOND = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]


def alpha(values, distance):
    values = np.array(values)
    return float(alphas(alpha_counts(values, distance, np.zeros(len(values), int)).sum(axis=0), distance))


def coded(*coders, letters=20, size=5):
    """Passages with the sets of pillars that each coder gave, drawn anew for each coder name."""
    records = []
    for coder, share in coders:
        random, noise = np.random.default_rng(1), np.random.default_rng(len(coder))
        for index in range(letters * size):
            pillars = tuple(pillar for pillar in SCHEME.pillars if random.random() < 0.3)
            other = noise.random() < share
            given = tuple(pillar for pillar in SCHEME.pillars if (pillar in pillars) != (other and pillar == "shelter"))
            sentiment = SCHEME.sentiments[(int(random.integers(4)) + other) % 4]
            letter = f"b{index // size}"
            records.append(CodedPassage(f"p{index}", letter, f"Tekst {index}.", coder, given, sentiment))
    return CodedPassages("toy", tuple(records))


def test_alpha_equals_the_published_example():
    assert alpha(np.transpose([FIRST, SECOND]), nominal(2)) == pytest.approx(0.095, abs=5e-4)


def test_alpha_with_missing_codes_of_many_coders_equals_that_of_another_package():
    random = np.random.default_rng(0)
    values = random.integers(0, 4, (60, 5))
    values[random.random(values.shape) < 0.4] = MISSING
    theirs = np.where(values == MISSING, np.nan, values).T
    assert alpha(values, nominal(4)) == pytest.approx(krippendorff.alpha(theirs, level_of_measurement="nominal"))


def test_set_valued_alpha_equals_that_of_another_package():
    sets = [frozenset(own) for own in ("", "a", "b", "ab", "abc", "cd")]
    values = np.random.default_rng(0).integers(0, len(sets), (40, 3))
    distance = masi(sets)

    def metric(one, other, **_):
        return distance[one.astype(int), other.astype(int)]

    domain = list(range(len(sets)))
    theirs = krippendorff.alpha(values.T.astype(float), level_of_measurement=metric, value_domain=domain)
    assert alpha(values, distance) == pytest.approx(theirs)


def test_masi_distances_are_those_of_the_definition():
    one, two, three, none = frozenset("ab"), frozenset("a"), frozenset("bc"), frozenset()
    found = masi([one, two, three, none])
    assert found[0].tolist() == pytest.approx([0, 1 - 1 / 2 * 2 / 3, 1 - 1 / 3 * 1 / 3, 1])
    assert found.tolist() == found.T.tolist()
    assert masi([none])[0, 0] == 0


def test_agreement_of_two_coders():
    codes = coded(("anna", 0.2), ("bert2", 0.0))
    report = agreement(codes)
    assert report.pairs == (report.overall,)
    own = report.overall
    assert (own.coders, own.passages, own.letters) == (("anna", "bert2"), 100, 20)
    anna, bert = (codes.by(name) for name in own.coders)
    for label in ("shelter", "sentiment"):
        given = [
            [each.sentiment if label == "sentiment" else label in each.pillars for each in every]
            for every in (anna, bert)
        ]
        found = own.labels[label]
        assert found.kappa.value == pytest.approx(cohen_kappa_score(*given))
        assert found.percent.value == pytest.approx(np.mean([one == two for one, two in zip(*given, strict=True)]))
        assert found.alpha.low < found.alpha.value < found.alpha.high < 1
        assert found.kappa.low < found.kappa.value < found.kappa.high
    assert str(own.labels["prevention"].alpha) == "1.000 [1.000, 1.000]"
    assert own.labels["pillars together"].kappa is None
    assert own.labels["shelter"].given == {
        name: sum("shelter" in each.pillars for each in codes.by(name)) for name in own.coders
    }


def test_confusions_count_what_each_coder_gave():
    rows = [
        ("p1", "a", ("shelter",), "mixed"),
        ("p1", "b", ("prevention",), "negative"),
        ("p2", "a", ("shelter",), "mixed"),
        ("p2", "b", ("shelter", "prevention"), "mixed"),
    ]
    records = tuple(CodedPassage(name, "b", name, *rest) for name, *rest in rows)
    confusions = agreement(CodedPassages("toy", records)).overall.confusions
    assert confusions["sentiment"]["mixed"] == {"positive": 0, "negative": 1, "mixed": 1, "neutral": 0}
    assert confusions["shelter"]["given"] == {"not given": 1, "given": 1}
    swapped = confusions["pillars together"]
    assert swapped["shelter"]["prevention"] == 1
    assert sum(map(sum, (row.values() for row in swapped.values()))) == 1


def test_several_coders_have_an_agreement_of_all_and_of_each_pair():
    codes = coded(("anna", 0.2), ("bert2", 0.0), ("carla33", 0.3))
    some = replace(codes, records=tuple(each for each in codes if each.coder != "anna" or each.id > "p5"))
    report = agreement(some)
    assert [each.coders for each in report.pairs] == [("anna", "bert2"), ("anna", "carla33"), ("bert2", "carla33")]
    assert report.overall.passages == 100
    assert report.pairs[0].passages < report.pairs[2].passages == 100
    assert report.overall.labels["shelter"].kappa is None
    assert report.overall.confusions == {}
    frame = report.to_frame()
    assert len(frame) == 4 * 7
    assert frame["alpha_low"].notna().all()


def test_decisions_are_no_coder():
    codes = coded(("anna", 0.2), ("bert2", 0.0), ("final", 0.0))
    assert agreement(codes).overall.coders == ("anna", "bert2")


def test_without_passages_in_common_there_is_no_agreement():
    codes = coded(("anna", 0.2))
    with pytest.raises(MhnlpError, match=r"no passage is coded by two coders \(coders: anna\)"):
        agreement(codes)


def words(report, label):
    return report.overall.labels[label].words()


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (1.0, "Reliable"),
        (0.8, "Reliable"),
        (0.799, "Tentative"),
        (0.667, "Tentative"),
        (0.6, "Too low"),
        (0.0, "No better than chance"),
        (-0.2, "No better than chance"),
        (float("nan"), "Undefined"),
    ],
)
def test_words_say_what_an_alpha_means(value, verdict):
    figure = Estimate(value, value, value)
    own = LabelAgreement("shelter", figure, figure, None, {}, passages=100, letters=20)
    assert own.words().startswith(verdict)


def test_words_warn_of_few_passages_rare_labels_and_wide_intervals():
    few = agreement(coded(("anna", 0.1), ("bert2", 0.0), letters=8, size=5))
    assert "Not to be judged yet: 40 passages of 8 letters" in words(few, "shelter")
    codes = coded(("anna", 0.0), ("bert2", 0.0))
    rare = tuple(
        replace(each, pillars=("international",) if each.id in {"p1", "p2" if each.coder == "anna" else "p3"} else ())
        for each in codes
    )
    report = agreement(replace(codes, records=rare))
    assert "A rare label (one coder gave it 2 times)" in words(report, "international")
    assert "The percentage is high only because the label is rare" in words(report, "international")
    assert "Undefined" in words(report, "shelter")
    assert np.isnan(report.overall.labels["shelter"].alpha.value)
    wide = agreement(coded(("anna", 0.5), ("bert2", 0.0), letters=12, size=5))
    assert "The interval is wide" in words(wide, "sentiment")


def test_passages_that_split_the_coders_come_most_divided_first():
    rows = [
        ("p1", "a", ("shelter",)),
        ("p1", "b", ("shelter", "prevention")),
        ("p2", "a", ("shelter",)),
        ("p2", "b", ()),
    ]
    records = tuple(CodedPassage(name, "b", name, coder, pillars, "neutral") for name, coder, pillars in rows)
    splits = agreement(CodedPassages("toy", records)).splits()
    assert list(splits["id"]) == ["p2", "p1"]


def test_model_is_one_more_coder(corpus_copy, tiny_model, tiny_model_folder):
    report = agreement(corpus_copy, model=tiny_model_folder, draws=50)
    assert report.overall.coders == ("A", "B", "model tiny")
    assert report.pairs[1].labels["shelter"].alpha.value > 0.5
    again = agreement(corpus_copy, model=tiny_model, draws=50)
    assert again.overall.labels["sentiment"].alpha == report.overall.labels["sentiment"].alpha


def test_agreement_of_a_corpus_folder_is_that_of_its_coders(corpus_copy):
    report = agreement(corpus_copy)
    own = report.overall
    assert (own.coders, own.passages, own.letters) == (("A", "B"), 72, 12)
    assert 0.5 < own.labels["sentiment"].alpha.value < 1
    assert repr(report).startswith("<AgreementReport, coders: A, B, passages: 72>\nprevention: alpha 1.000")


def test_passages_of_unknown_letters_each_count_as_one():
    codes = coded(("anna", 0.2), ("bert2", 0.0))
    bare = replace(codes, records=tuple(replace(each, letter="") for each in codes))
    assert agreement(bare).overall.letters == 100


def test_agreement_of_the_shipped_corpus_is_over_three_quarters():
    report = agreement(corpus_folder())
    assert len(report.pairs) >= 2
    for pair in report.pairs:
        assert min(each.alpha.value for each in pair.labels.values()) > 0.75
