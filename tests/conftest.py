from __future__ import annotations

from itertools import cycle, islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from mhnlp.annotations.corpus import AnnotatedCorpus, AnnotatedPassage, CodedSentence
from mhnlp.annotations.tables import COLUMNS, load_corpus, write_table
from mhnlp.classifier import PassageClassifier
from mhnlp.dutch import load_pipeline
from mhnlp.labels import sentiment_of
from mhnlp.model import load_model
from mhnlp.training import train

settings.register_profile(
    "mhnlp",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("mhnlp")

SHARED = Path(__file__).parents[2] / "shared"

SUBJECTS = {
    ("prevention",): "De voorlichting op scholen maakt jongeren in {city} weerbaar tegen ronselaars.",
    ("signalling",): "CoMensha registreerde in {city} {number} meldingen van mogelijke slachtoffers.",
    ("investigation",): "De recherche in {city} vervolgde {number} verdachten van uitbuiting.",
    ("shelter",): "In de opvang in {city} zijn {number} plaatsen voor slachtoffers.",
    ("international",): "Met Roemenië en Europol is vanuit {city} een verdrag over samenwerking gesloten.",
    (): "De begroting van het programma in {city} telt {number} bladzijden.",
}
JUDGEMENTS = {
    "positive": "Dat is een belangrijke en mooie stap vooruit.",
    "negative": "Dat is helaas veel te weinig en een gemiste kans.",
    "mixed": "Hoewel dat een mooie stap is, is het helaas te weinig.",
    "neutral": "Uw Kamer ontvangt daarover een overzicht.",
}
CITIES = ("Zwolle", "Breda", "Almelo", "Utrecht", "Heerlen", "Delft", "Assen")


def toy_passage(letter: int, number: int, pillars: tuple[str, ...], sentiment: str) -> AnnotatedPassage:
    subject = SUBJECTS[pillars].format(city=CITIES[(letter + number) % len(CITIES)], number=letter * 7 + number + 11)
    judgement = JUDGEMENTS[sentiment]
    praise, criticism = sentiment in {"positive", "mixed"}, sentiment in {"negative", "mixed"}
    assert sentiment_of(praise=praise, criticism=criticism) == sentiment
    return AnnotatedPassage(
        id=f"b{letter:02}-{number}",
        letter=f"b{letter:02}",
        text=f"{subject} {judgement}",
        pillars=pillars,
        sentiment=sentiment,
        heading="Voortgang" if number else "",
        sentences=(
            CodedSentence(0, len(subject), pillars, praise=False, criticism=False),
            CodedSentence(len(subject) + 1, len(subject) + 1 + len(judgement), (), praise=praise, criticism=criticism),
        ),
    )


def make_toy_corpus(letters: int = 12, size: int = 6) -> AnnotatedCorpus:
    codes = [(pillars, sentiment) for pillars in SUBJECTS for sentiment in JUDGEMENTS]
    # Steps of five through 24 combinations, so that each letter mixes pillars and sentiments.
    order = islice(cycle(codes[step * 5 % len(codes)] for step in range(len(codes))), letters * size)
    return AnnotatedCorpus(
        "toy", tuple(toy_passage(index // size, index % size, *own) for index, own in enumerate(order))
    )


def tiny_classifier(**settings: object) -> PassageClassifier:
    chosen = {"characters": (2, 4), "min_texts": 1, "penalties": (3.0,), "class_weights": (None,), "folds": 3}
    return PassageClassifier(**{**chosen, **settings})


def write_corpus(folder: Path, corpus: AnnotatedCorpus) -> Path:
    """Write a corpus as the four tables, with two coders who differ on every tenth passage."""
    records: dict[str, list[dict[str, object]]] = {
        "letters.csv": [
            {"letter": letter, "date": "2021-03-04", "salutation": "Geachte voorzitter,"}
            for letter in sorted(set(corpus.letters))
        ],
        "passages.csv": [
            {
                "passage": each.id,
                "letter": each.letter,
                "kind": each.kind,
                "heading": each.heading,
                "text": each.text,
                "pillars": " ".join(each.pillars),
                "sentiment": each.sentiment,
            }
            for each in corpus
        ],
        "sentences.csv": [
            {
                "passage": each.id,
                "start": sentence.start,
                "end": sentence.end,
                "pillars": " ".join(sentence.pillars),
                "praise": int(sentence.praise),
                "criticism": int(sentence.criticism),
            }
            for each in corpus
            for sentence in each.sentences
        ],
        "codes.csv": [
            {
                "passage": each.id,
                "coder": coder,
                "pillars": " ".join(each.pillars),
                "sentiment": "mixed" if coder == "B" and index % 10 == 0 else each.sentiment,
                "doubt": 0,
            }
            for coder in ("A", "B")
            for index, each in enumerate(corpus)
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in COLUMNS.items():
        write_table(
            folder / name, columns, [[record.get(column, "") for column in columns] for record in records[name]]
        )
    return folder


def _shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is not on this machine")
    return path


@pytest.fixture(scope="session")
def shared():
    return _shared


@pytest.fixture(scope="session")
def standin() -> str:
    return str(_shared("models/nl_standin_sm"))


@pytest.fixture(scope="session")
def nlp():
    return load_pipeline()


@pytest.fixture(scope="session")
def corpus() -> AnnotatedCorpus:
    return load_corpus()


@pytest.fixture(scope="session")
def shipped_model():
    return load_model()


@pytest.fixture(scope="session")
def toy_corpus() -> AnnotatedCorpus:
    return make_toy_corpus()


@pytest.fixture(scope="session")
def new_classifier():
    return tiny_classifier


@pytest.fixture(scope="session")
def fitted(toy_corpus) -> PassageClassifier:
    return tiny_classifier().fit(toy_corpus.texts, toy_corpus.y, groups=toy_corpus.letters, parts=toy_corpus.parts())


@pytest.fixture(scope="session")
def tiny_model(toy_corpus):
    return train(toy_corpus, name="tiny", classifier=tiny_classifier())


@pytest.fixture(scope="session")
def tiny_model_folder(tiny_model, tmp_path_factory) -> Path:
    return tiny_model.save(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def write_folder():
    return write_corpus


@pytest.fixture
def corpus_copy(toy_corpus, tmp_path) -> Path:
    """A small corpus folder of one's own to plant mistakes in."""
    return write_corpus(tmp_path / "corpus", toy_corpus)


LETTER = """Geachte voorzitter,

Opvang

In de opvang in Delft zijn 40 plaatsen voor slachtoffers. Dat is helaas veel te weinig en een gemiste kans.

Opsporing

De recherche in Assen vervolgde 12 verdachten van uitbuiting. Uw Kamer ontvangt daarover een overzicht.

Hoogachtend,

De Minister van Veiligheid
"""


@pytest.fixture
def letter_text() -> str:
    return LETTER


@pytest.fixture
def letter_file(tmp_path) -> Path:
    path = tmp_path / "brief.txt"
    path.write_text(LETTER, encoding="utf-8")
    return path
