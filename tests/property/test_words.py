"""The tokens and sentences found word by word are those that spaCy finds in the whole text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mhnlp.dutch import load_pipeline, sentence_bounds, tokenise

PIECES = (
    "Dat is zo niet. ! ? … ... ) ( ” “ ’s 's ’t Avonds art. Art. 273f Sr. jl. m.b.t. i.h.k.v. D.d. mrt. :-) ;) 8) "
    "www.om.nl/zaken en/of 20%-regel 2,5 mln. e.d. a.i. enz. zo’n EU's é. «x» [1] [a]. (nr. 3). ‘ja’. 3.000 o.a. "
    "/ - -- — a.b.c. x.y 1. 2) bijv. !! .. 's-Gravenhage km/u €5 5€ A.B. J.P. 🙂 \u00a0 \t \n ."
).split(" ")
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=14).map(" ".join)


def spacy_tokens(text):
    return tuple(token.text for token in load_pipeline().make_doc(text) if not token.is_space)


@settings(max_examples=300)
@given(TEXTS)
def test_tokens_are_those_of_the_whole_text(text):
    assert tokenise([text]) == [spacy_tokens(text)]


@settings(max_examples=300)
@given(TEXTS)
def test_sentences_are_those_of_the_whole_text(text):
    sentences = [(each.start_char, each.end_char) for each in load_pipeline()(text).sents]
    assert sentence_bounds(text, load_pipeline()) == sentences


def test_tokens_and_sentences_of_the_corpus_are_those_of_spacy(corpus):
    for text in list(corpus.texts)[::20]:
        assert tokenise([text]) == [spacy_tokens(text)]
        sentences = [(each.start_char, each.end_char) for each in load_pipeline()(text).sents]
        assert sentence_bounds(text, load_pipeline()) == sentences
