"""The Dutch spaCy pipeline: the built-in one, or one that its user installed.

The built-in pipeline is spaCy's rule-based Dutch tokenizer, with the abbreviations of official prose added, and a
rule-based component for sentence boundaries. It needs no download. ``nl_core_news_sm`` or another installed
pipeline serves where its user asks for it by name.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import spacy
from spacy.language import Language

from mhnlp.errors import PipelineError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]  # compiled, without stubs
    from spacy.tokens import Doc, Token

BUILTIN = "builtin"
BUILTIN_VERSION = "1"

ABBREVIATIONS = (
    "aanh. apr. artt. aug. bijl. dgl. excl. feb. incl. ivm. jan. jo. jr. jul. jun. kst. mej. mevr. mld. mln. mrd. mrt. "
    "mw. nov. nrs. okt. par. sep. sept. sr. tel. wv."
).split()
"""Abbreviations of official prose that spaCy's Dutch tokenizer does not know."""

WORDS = frozenset(
    "al app bel best bet cap com dat gen hand ind int it kon lat mand om pan pas pers pol sir tom top ver vol "
    "volg".split()
)
"""Words that spaCy's Dutch tokenizer takes for abbreviations where a sentence ends on them."""

DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.){2,}")
"""Abbreviations with a full stop after each letter or two: m.b.t., i.h.k.v., d.d., Ph.D."""

FINAL_ABBREVIATIONS = frozenset(
    "a.i. c.s. e.a. e.d. e.v. enz. etc. jl. jr. mld. mln. mrd. n.v.t. p.j. p.m. sr. sv. v.chr. n.chr. z.s.m.".split()
)
"""Abbreviations that may end a sentence; after any other one a sentence goes on."""

NUMBERED = frozenset("art. artt. blz. hfst. nr. nrs. pag. par.".split())
"""Abbreviations that a number follows; where a capitalised word does, the sentence has ended."""
NOTE_REFERENCE = re.compile(r".*[^\W\d]{2}[.!?][”’\"')]?\d{1,2}")
"""A word at a sentence's end to which the number of a footnote clings."""

TERMINATORS = frozenset({".", "!", "?", "…", "...", "..", "?!", "!!", "??"})
CLOSERS = frozenset("”’»)]\"'")

PROBE = (
    "Op 3 mei jl. is art. 273f Sr. gewijzigd (Kamerstukken II 2019/20, 28 638, nr. 183, p. 4). D.d. 1 mrt. m.b.t. "
    "’s-Hertogenbosch: “Zo’n 2,5 mln. euro”, i.h.k.v. asiel- en migratiebeleid; vgl. www.om.nl/zaken en/of 20%-regel."
)
"""Text with what tokenizers treat differently; its tokens tell one tokenisation from another."""


@Language.component("mhnlp_sentences", assigns=["token.is_sent_start"])
def mark_sentences(doc: Doc) -> Doc:
    """Mark where sentences begin, by punctuation, case and abbreviations.

    Boundaries that another component set before are kept.
    """
    starts = sentence_starts(doc)
    marks = doc.to_array(["SENT_START"]).astype(np.int64).reshape(-1, 1)
    unset = marks == 0
    marks[unset] = -1
    marks[sorted(start for start in starts if start < len(doc) and unset[start, 0])] = 1
    # All at once: setting the marks token by token takes spaCy quadratic time.
    return doc.from_array(["SENT_START"], cast("Any", marks.astype(np.uint64)))


def sentence_starts(doc: Doc) -> set[int]:
    """Indices of the tokens that begin a sentence."""
    starts = {0}
    for token in doc:
        if not _ends_sentence(token):
            continue
        following = token.i + 1
        while following < len(doc) and _closes(doc[following]):
            following += 1
        if following < len(doc) and _may_begin(doc[following]):
            starts.add(following)
    return starts


def _ends_sentence(token: Token) -> bool:
    if token.text in TERMINATORS or token.lower_ in FINAL_ABBREVIATIONS:
        return True
    if token.lower_ in NUMBERED:
        return token.i + 1 < len(token.doc) and _is_titled(token.nbor())
    return NOTE_REFERENCE.fullmatch(token.text) is not None


def _is_titled(token: Token) -> bool:
    return token.is_title and len(token) > 1


def _closes(token: Token) -> bool:
    return (token.text in CLOSERS or token.text in TERMINATORS) and not token.nbor(-1).whitespace_


def _may_begin(token: Token) -> bool:
    if not token.nbor(-1).whitespace_ and not token.nbor(-1).is_space:
        return False
    return _looks_like_beginning(token)


def _looks_like_beginning(token: Token) -> bool:
    # "’s Avonds" begins with a lower-case token; so does no other Dutch sentence.
    return not token.text[0].islower() or token.text.lower() in {"'s", "’s", "'t", "’t"}


def sentence_bounds(text: str, nlp: Language) -> list[tuple[int, int]]:
    """Where the sentences of a text begin and end, in characters.

    Parameters
    ----------
    text
        Running text.
    nlp
        A pipeline that `load_pipeline` gave.

    Examples
    --------
    >>> sentence_bounds("Dat is zo. Dit niet.", load_pipeline())
    [(0, 10), (11, 20)]
    """
    words = text.split()
    if nlp is not load_pipeline() or " ".join(words) != text:
        return [(sentence.start_char, sentence.end_char) for sentence in nlp(text).sents]
    # Most words begin with a small letter, as no sentence does; they need no looking up.
    cuts = [
        number
        for number, (before, word) in enumerate(pairwise(words), 1)
        if not word[0].islower() and _parts(_word(before), _word(word))
    ]
    bounds = []
    start = 0
    for first, last in pairwise([0, *cuts, len(words)] if words else []):
        end = start + sum(map(len, words[first:last])) + last - first - 1
        bounds.append((start, end))
        start = end + 1
    return bounds


def _parts(before: Word, word: Word) -> bool:
    """Whether a sentence ends between two words."""
    return word.begins and (before.ends or (before.numbers and word.titled))


@dataclass(frozen=True, slots=True)
class Word:
    """What stands between two spaces.

    Parameters
    ----------
    tokens
        Its tokens. The built-in tokenizer never looks across a space.
    begins, ends
        Whether a sentence may begin and end with it.
    numbers
        Whether it is an abbreviation that a number follows.
    titled
        Whether it begins as a name or a sentence does.
    """

    tokens: tuple[str, ...] = ()
    begins: bool = False
    ends: bool = False
    numbers: bool = False
    titled: bool = False


@lru_cache(maxsize=100_000)
def _word(text: str) -> Word:
    """Tokenise a word; kept, for most words of a text were met before."""
    doc = load_pipeline().make_doc(text)
    closing = len(doc)
    while closing and (doc[closing - 1].text in CLOSERS or doc[closing - 1].text in TERMINATORS):
        closing -= 1
    ends = any(_ends_sentence(token) for token in doc[max(closing - 1, 0) :])
    return Word(
        tuple(token.text for token in doc),
        begins=_looks_like_beginning(doc[0]),
        ends=ends,
        numbers=doc[-1].lower_ in NUMBERED,
        titled=_is_titled(doc[0]),
    )


@dataclass(frozen=True)
class PipelineIdentity:
    """What a model remembers of the pipeline it was trained with.

    Parameters
    ----------
    name, version
        As `load_pipeline` takes and the pipeline's own metadata gives them.
    tokenisation
        Digest of the tokens of a fixed text: equal where two pipelines tokenise alike.
    """

    name: str
    version: str
    tokenisation: str

    def as_dict(self) -> dict[str, str]:
        """Return the fields, for a model card."""
        return asdict(self)


def load_pipeline(name: str = BUILTIN) -> Language:
    """Load a Dutch pipeline.

    Parameters
    ----------
    name
        ``"builtin"``, or the name or folder of an installed spaCy pipeline such as ``"nl_core_news_sm"``.

    Returns
    -------
    Language
        A pipeline that tokenises and marks sentences. It is shared by all callers: add nothing to it.

    Raises
    ------
    PipelineError
        If the pipeline is not installed, is not Dutch, or marks no sentences.

    Examples
    --------
    >>> doc = load_pipeline()("Op 3 mei jl. sprak de Kamer over art. 273f Sr. Het debat is geschorst.")
    >>> [sentence.text for sentence in doc.sents]
    ['Op 3 mei jl. sprak de Kamer over art. 273f Sr.', 'Het debat is geschorst.']
    """
    return _load(name)


@lru_cache(maxsize=4)
def _load(name: str) -> Language:
    if name == BUILTIN:
        return _build()
    try:
        nlp = spacy.load(name, exclude=["ner"])
    except OSError as error:
        raise PipelineError(
            f"The Dutch pipeline {name!r} is not installed. Install it with `python -m spacy download {name}`, "
            f"or use the built-in pipeline, {BUILTIN!r}, which needs no download."
        ) from error
    if nlp.lang != "nl":
        raise PipelineError(f"The pipeline {name!r} is for the language {nlp.lang!r}, not for Dutch ('nl').")
    if not {"parser", "senter", "sentencizer", "mhnlp_sentences"}.intersection(nlp.pipe_names):
        nlp.add_pipe("mhnlp_sentences")
    return nlp


def _build() -> Language:
    nlp = spacy.blank("nl")
    nlp.meta.update(name=BUILTIN, version=BUILTIN_VERSION)
    tokenizer = cast("Tokenizer", nlp.tokenizer)
    tokenizer.rules = {
        form: tokens for form, tokens in tokenizer.rules.items() if form.removesuffix(".").lower() not in WORDS
    }
    for abbreviation in ABBREVIATIONS:
        for form in {abbreviation, abbreviation.capitalize(), abbreviation.upper()}:
            tokenizer.add_special_case(form, [{"ORTH": form}])
    tokenizer.token_match = DOTTED.fullmatch
    nlp.add_pipe("mhnlp_sentences")
    return nlp


@lru_cache(maxsize=4)
def identify(name: str = BUILTIN) -> PipelineIdentity:
    """Identity of the pipeline that `load_pipeline` gives for a name."""
    nlp = load_pipeline(name)
    tokens = "\n".join(token.text for token in nlp.make_doc(PROBE))
    digest = hashlib.sha256(tokens.encode()).hexdigest()[:16]
    return PipelineIdentity(name=name, version=str(nlp.meta["version"]), tokenisation=digest)


def tokenise(texts: Iterable[str], name: str = BUILTIN, *, lemmas: bool = False) -> list[tuple[str, ...]]:
    """Split texts into tokens.

    Parameters
    ----------
    texts
        The texts.
    name
        The pipeline, as `load_pipeline` takes it.
    lemmas
        Whether to give lemmas instead of the words as they stand; the pipeline must have a lemmatizer.

    Returns
    -------
    list of tuple of str
        The tokens of each text, white space left out.

    Raises
    ------
    PipelineError
        If lemmas are asked of a pipeline that has none.

    Examples
    --------
    >>> tokenise(["Vgl. art. 273f Sr."])
    [('Vgl.', 'art.', '273f', 'Sr.')]
    """
    nlp = load_pipeline(name)
    if not lemmas and name == BUILTIN:
        return [tuple(chain.from_iterable(word.tokens for word in map(_word, str(text).split()))) for text in texts]
    if not lemmas:
        return [tuple(token.text for token in nlp.make_doc(str(text)) if not token.is_space) for text in texts]
    if not {"lemmatizer", "trainable_lemmatizer"}.intersection(nlp.pipe_names):
        raise PipelineError(f"The pipeline {name!r} gives no lemmas; choose one that does, such as 'nl_core_news_sm'.")
    return [tuple(token.lemma_ for token in doc if not token.is_space) for doc in nlp.pipe(map(str, texts))]
