from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from mhnlp.annotations.corpus import RUN_WEIGHT, SENTENCE_WEIGHT, AnnotatedCorpus, AnnotatedPassage, CodedSentence

TEXT = "Een. Twee. Drie. Vier."
SENTENCES = (
    CodedSentence(0, 4, ("shelter",), praise=True, criticism=False),
    CodedSentence(5, 10, (), praise=False, criticism=True),
    CodedSentence(11, 16, ("prevention",), praise=False, criticism=False),
    CodedSentence(17, 22, (), praise=False, criticism=False),
)
PASSAGE = AnnotatedPassage("a-1", "a", TEXT, ("prevention", "shelter"), "mixed", sentences=SENTENCES)


def corpus_of(*passages):
    return AnnotatedCorpus("test", passages)


def test_labels_support_and_letters_follow_the_passages(toy_corpus):
    support = toy_corpus.support()
    assert support["shelter"] == sum("shelter" in each.pillars for each in toy_corpus)
    assert sum(support[label] for label in toy_corpus.scheme.sentiments) == len(toy_corpus) == 72
    assert toy_corpus.y.sum() == sum(support.values())
    assert Counter(toy_corpus.letters) == {f"b{letter:02}": 6 for letter in range(12)}


def test_digest_changes_with_any_code_and_not_with_the_name(toy_corpus):
    first, *rest = toy_corpus.passages
    assert AnnotatedCorpus("anders", toy_corpus.passages).digest == toy_corpus.digest
    for changed in (
        replace(first, text=first.text + " "),
        replace(first, pillars=("prevention", "shelter")),
        replace(first, sentiment="neutral" if first.sentiment != "neutral" else "mixed"),
        replace(first, sentences=()),
        replace(first, letter="b01"),
    ):
        assert AnnotatedCorpus("toy", (changed, *rest)).digest != toy_corpus.digest


def test_parts_are_the_sentences_and_one_run_with_the_codes_of_their_union():
    whole = replace(PASSAGE, id="b-1", sentences=())
    parts = corpus_of(whole, PASSAGE).parts()
    assert list(parts.texts[:4]) == ["Een.", "Twee.", "Drie.", "Vier."]
    assert set(parts.whole.tolist()) == {1}
    assert parts.weight.tolist() == [SENTENCE_WEIGHT] * 4 + [RUN_WEIGHT]
    assert parts.y[0].tolist() == [0, 0, 0, 1, 0, 1, 0, 0, 0]
    assert parts.y[1].tolist() == [0, 0, 0, 0, 0, 0, 1, 0, 0]
    run = parts.texts[4]
    assert run in TEXT
    assert 2 <= run.count(".") <= 3
    expected = np.zeros(9, dtype=int)
    expected[3], expected[0] = "Een" in run, "Drie" in run
    sentiment = {(1, 1): 7, (1, 0): 5, (0, 1): 6, (0, 0): 8}[int("Een" in run), int("Twee" in run)]
    expected[sentiment] = 1
    assert parts.y[4].tolist() == expected.tolist()


def test_run_depends_on_the_passage_alone():
    alone = corpus_of(PASSAGE).parts()
    among = corpus_of(replace(PASSAGE, id="z"), PASSAGE).parts()
    assert alone.texts[-1] == among.texts[-1]


def test_passage_of_one_sentence_has_no_parts():
    single = replace(PASSAGE, sentences=SENTENCES[:1])
    assert corpus_of(single).parts() is None
    assert corpus_of(replace(PASSAGE, sentences=())).parts() is None
    assert len(corpus_of(single, replace(PASSAGE, id="x", sentences=SENTENCES[:2])).parts().texts) == 2


def test_table_has_a_row_a_passage(toy_corpus):
    table = toy_corpus.to_frame()
    assert table["id"].tolist() == [each.id for each in toy_corpus]
    assert table.columns.tolist() == ["id", "letter", "kind", "heading", "text", "pillars", "sentiment"]
