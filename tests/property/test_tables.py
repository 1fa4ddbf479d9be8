from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mhnlp.annotations.tables import read_annotations, write_table
from mhnlp.labels import SCHEME

# Zero bytes make no text file, and half of a surrogate pair cannot be written.
TEXTS = (
    st.text("ab \r\n\t\"',;é“\u2028\x85\ufeff", min_size=1, max_size=20)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=80)
).filter(str.strip)
CODED = st.lists(
    st.tuples(TEXTS, st.sets(st.sampled_from(SCHEME.pillars)).map(SCHEME.in_order), st.sampled_from(SCHEME.sentiments)),
    min_size=1,
    max_size=6,
)


@given(CODED)
def test_written_table_reads_back_the_same(coded):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "eigen.csv"
        write_table(path, ("text", "pillars", "sentiment"), [(text, " ".join(p), s) for text, p, s in coded])
        corpus = read_annotations(path)
    assert [(each.text, each.pillars, each.sentiment) for each in corpus] == coded


@given(CODED)
def test_json_lines_read_back_the_same(coded):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "eigen.jsonl"
        lines = [
            json.dumps({"text": text, "pillars": list(p), "sentiment": s}, ensure_ascii=False) for text, p, s in coded
        ]
        path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
        corpus = read_annotations(path)
    assert [(each.text, each.pillars, each.sentiment) for each in corpus] == coded
