from __future__ import annotations

from importlib.util import find_spec

import pytest
import spacy

from mhnlp.dutch import BUILTIN, DOTTED, identify, load_pipeline, tokenise
from mhnlp.errors import PipelineError


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Vgl. art. 273f Sr.", ("Vgl.", "art.", "273f", "Sr.")),
        ("Op 3 mei jl. m.b.t. de opvang.", ("Op", "3", "mei", "jl.", "m.b.t.", "de", "opvang", ".")),
        ("I.h.k.v. het plan d.d. 1 okt.", ("I.h.k.v.", "het", "plan", "d.d.", "1", "okt.")),
        ("Dat kost 2,5 mln. euro.", ("Dat", "kost", "2,5", "mln.", "euro", ".")),
        ("Dit lukte met gezag en hand.", ("Dit", "lukte", "met", "gezag", "en", "hand", ".")),
        ("Mevr. De Wit (Feb. 2020)", ("Mevr.", "De", "Wit", "(", "Feb.", "2020", ")")),
    ],
)
def test_abbreviations_stay_whole_and_final_stops_come_off(text, tokens):
    assert tokenise([text]) == [tokens]


@pytest.mark.parametrize("form", ["m.b.t.", "i.h.k.v.", "d.d.", "Ph.D.", "J.P.", "é.a."])
def test_dotted_abbreviation_is_recognised(form):
    assert DOTTED.fullmatch(form)


@pytest.mark.parametrize("form", ["art.", "www.om.nl", "2.5.", "opvang.", "m.b.t", "one.two."])
def test_other_forms_with_full_stops_are_not_dotted_abbreviations(form):
    assert not DOTTED.fullmatch(form)


def test_tokens_leave_no_letter_out(corpus):
    for passage in corpus[:100]:
        assert "".join(tokenise([passage.text])[0]) == "".join(passage.text.split())


def test_boundaries_that_another_component_set_are_kept():
    nlp = spacy.blank("nl")

    @spacy.Language.component("test_one_sentence")
    def one_sentence(doc):
        for token in doc[1:]:
            token.is_sent_start = False
        return doc

    nlp.add_pipe("test_one_sentence")
    nlp.add_pipe("mhnlp_sentences")
    assert len(list(nlp("Dat is te laat. De Kamer wacht.").sents)) == 1


def test_unknown_pipeline_says_how_to_install_it_and_what_needs_no_download():
    with pytest.raises(PipelineError, match=r"python -m spacy download nl_none.*'builtin'"):
        load_pipeline("nl_none")


def test_pipeline_of_another_language_is_refused(tmp_path):
    spacy.blank("de").to_disk(tmp_path / "de")
    with pytest.raises(PipelineError, match="language 'de', not for Dutch"):
        load_pipeline(str(tmp_path / "de"))


def test_pipeline_without_sentences_gets_the_built_in_rules(tmp_path):
    spacy.blank("nl").to_disk(tmp_path / "nl")
    doc = load_pipeline(str(tmp_path / "nl"))("Dat is te laat. De Kamer wacht.")
    assert [sentence.text for sentence in doc.sents] == ["Dat is te laat.", "De Kamer wacht."]


def test_identity_tells_the_built_in_tokenisation_from_that_of_plain_spacy(tmp_path):
    spacy.blank("nl").to_disk(tmp_path / "nl")
    plain, builtin = identify(str(tmp_path / "nl")), identify()
    assert builtin.name == BUILTIN
    assert plain.tokenisation != builtin.tokenisation
    assert set(builtin.as_dict()) == {"name", "version", "tokenisation"}


def test_lemmas_of_a_pipeline_without_lemmatizer_are_refused():
    with pytest.raises(PipelineError, match="gives no lemmas"):
        tokenise(["De opvang."], lemmas=True)


def test_stand_in_marks_sentences_gives_lemmas_and_has_its_own_identity(standin):
    text = "De slachtoffers werden goed opgevangen. Dat is een belangrijke stap vooruit."
    assert [sentence.text for sentence in load_pipeline(standin)(text).sents] == [
        "De slachtoffers werden goed opgevangen.",
        "Dat is een belangrijke stap vooruit.",
    ]
    lemmas = tokenise([text], standin, lemmas=True)[0]
    assert "slachtoffer" in lemmas
    assert "stap" in lemmas
    assert identify(standin).tokenisation != identify().tokenisation


@pytest.mark.skipif(find_spec("nl_core_news_sm") is None, reason="nl_core_news_sm is not installed")
def test_nl_core_news_sm_marks_sentences_and_gives_lemmas():
    doc = load_pipeline("nl_core_news_sm")("De slachtoffers zijn opgevangen. De Kamer wacht.")
    assert len(list(doc.sents)) == 2
    assert "slachtoffer" in tokenise(["De slachtoffers zijn opgevangen."], "nl_core_news_sm", lemmas=True)[0]
