from __future__ import annotations

import sys
from datetime import date

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import mhnlp
from mhnlp import plot
from mhnlp.errors import MhnlpError, TableError
from mhnlp.labels import SCHEME, LabelScheme
from mhnlp.plot._shares import shares
from mhnlp.plot._words import WORDS

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _close():
    from matplotlib import pyplot as plt

    yield
    plt.close("all")


def table(letters: int = 12, years: tuple[int, ...] = (2020, 2021, 2023)) -> pd.DataFrame:
    """Four passages a letter; every letter has one more passage on shelter than its number modulo 3."""
    rows = [
        {
            "letter": f"l{n:02}",
            "date": f"{years[n % len(years)]}-03-0{1 + n % 9}",
            "pillars": ("shelter " * (k <= n % 3)) + ("prevention" * (k == 3)),
            "sentiment": ("negative", "positive", "neutral", "mixed")[(k + n) % 4],
            "sender": "ngo" if n % 4 == 0 else "minister",
        }
        for n in range(letters)
        for k in range(4)
    ]
    return pd.DataFrame(rows)


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_module_is_reached_by_its_public_name():
    assert mhnlp.plot is plot


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(MhnlpError, match=r'pip install "mhnlp\[plots\]"'):
        plot.pillars(table())


def test_shares_are_those_of_the_passages_and_intervals_are_over_letters():
    flags = np.repeat(np.arange(10) < 4, 5)[:, None]
    letters = np.repeat(np.arange(10).astype(str), 5).astype(object)
    found = shares(flags, letters, [np.ones(50, dtype=bool)], ["all"])
    assert found.value[0, 0] == 40
    # Ten letters each wholly of one kind are ten draws, not fifty: 2.5 and 97.5 percent of a binomial of ten at .4.
    assert (found.low[0, 0], found.high[0, 0]) == (10, 70)


def test_no_interval_for_few_letters_or_letters_all_alike():
    flags = np.array([[True, True]] * 4 + [[False, True]] * 4)
    few = shares(flags, np.array(list("aabbccdd"), dtype=object), [np.ones(8, dtype=bool)], ["few"])
    many = shares(flags, np.array(list("abcdefgh"), dtype=object), [np.ones(8, dtype=bool)], ["many"])
    assert not few.known.any()
    assert many.known.tolist() == [[True, False]]
    assert np.isfinite(few.value).all()
    assert (few.reach == 0).all()


def test_timeline_draws_the_share_of_each_year_and_leaves_a_gap():
    df = table(letters=18)
    panels = plot.timeline(df, labels=["shelter", "negative"])
    (line,) = panels[0].lines
    assert line.get_xdata().tolist() == [2020, 2021, 2022, 2023]
    own = df.assign(year=df["date"].str[:4].astype(int), is_shelter=df["pillars"].str.contains("shelter"))
    expected = 100 * own.groupby("year")["is_shelter"].mean()
    drawn = dict(zip(line.get_xdata(), line.get_ydata(), strict=True))
    assert np.isnan(drawn.pop(2022))
    assert drawn == pytest.approx(expected.to_dict())
    assert [panel.get_title(loc="left") for panel in panels] == ["Shelter", "Negative"]


def test_timeline_shows_intervals_around_the_shares():
    panels = plot.timeline(table(letters=31), labels=["shelter"], by=5)
    (band,) = panels[0].collections[:1]
    edges = band.get_paths()[0].vertices[:, 1]
    (share,) = panels[0].lines[0].get_ydata()
    assert edges.min() < share < edges.max()


def test_timeline_opens_points_without_interval_and_says_why():
    panels = plot.timeline(table(letters=3), labels=["shelter"])
    assert panels[0].collections[-1].get_facecolors()[:, :3].tolist() == [[1, 1, 1]] * 4
    assert "no interval where there are fewer than 5 letters" in texts(panels[-1])[0]


def test_timeline_says_what_it_leaves_out():
    df = table()
    df.loc[df["letter"] == "l00", "date"] = None
    assert "left out, for want of a date: 4 passages of 1 letters" in texts(plot.timeline(df)[-1])[0]
    assert texts(plot.timeline(df)[-1])[0].startswith("44 passages of 11 letters; intervals: 95% bootstrap")


@pytest.mark.parametrize(
    ("by", "expected"),
    [("year", [2020, 2021]), ("quarter", [2020.75, 2021]), ("month", [2020 + 11 / 12, 2021]), (2, [2020.5])],
)
def test_units_of_time(by, expected):
    df = table(letters=2)
    df["date"] = np.where(df["letter"] == "l00", "2020-12-31", "2021-01-01")
    assert plot.timeline(df, labels=["shelter"], by=by)[0].lines[0].get_xdata() == pytest.approx(expected)


@pytest.mark.parametrize("value", ["2020-05-01", date(2020, 5, 1), pd.Timestamp("2020-05-01"), 2020, 2020.0, "2020"])
def test_dates_of_many_kinds(value):
    df = table(letters=2).assign(date=value)
    assert plot.timeline(df, labels=["shelter"])[0].lines[0].get_xdata().tolist() == [2020]


@pytest.mark.parametrize("draw", [plot.pillars, plot.sentiment, plot.heatmap])
def test_passages_without_a_group_are_left_out_and_counted(draw):
    df = table()
    df.loc[df["letter"] == "l01", "sender"] = None
    shown = " ".join(texts(draw(df, by="sender")))
    assert "44 passages of 11 letters" in shown
    assert "left out, for want of a group: 4 passages of 1 letters" in shown


def test_sentiment_needs_both_judgements():
    scheme = LabelScheme(SCHEME.pillars, ("good", "bad"))
    with pytest.raises(ValueError, match="needs the sentiments negative and positive"):
        plot.sentiment(table(), scheme=scheme)


def test_pillars_gives_shares_with_intervals_in_figures():
    df = table()
    ax = plot.pillars(df)
    share = 100 * df["pillars"].str.contains("shelter").mean()
    assert [label.get_text() for label in ax.get_yticklabels()][3] == "Shelter"
    assert texts(ax)[3].startswith(f"{share:.0f} [")
    low, high = map(int, texts(ax)[3].split("[")[1].rstrip("]").split(", "))
    assert low < share < high
    assert ax.get_xlabel() == "Share of passages (%)"


def test_pillars_compares_groups_and_names_their_sizes():
    df = table()
    ax = plot.pillars(df, by="sender")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["minister (36)", "ngo (12)"]
    drawn = ax.collections[1].get_offsets()[:, 0]
    minister = df[df["sender"] == "minister"]
    assert drawn[3] == pytest.approx(100 * minister["pillars"].str.contains("shelter").mean())


def test_pillars_refuses_more_groups_than_colours():
    with pytest.raises(TableError, match=r"has 12 values.*heatmap"):
        plot.pillars(table(), by="letter")


def test_sentiment_draws_criticism_left_and_praise_right():
    df = table()
    ax = plot.sentiment(df, by="sender")
    widths = [bar.get_width() for bar in ax.patches]
    for name, left, right in zip(("minister", "ngo"), widths[:2], widths[2:], strict=True):
        own = df.loc[df["sender"] == name, "sentiment"]
        assert (left, right) == pytest.approx((-100 * (own == "negative").mean(), 100 * (own == "positive").mean()))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["minister (36)", "ngo (12)"]


def test_sentiment_by_pillar_ends_with_all_passages():
    ax = plot.sentiment(table())
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Prevention (12)", "Shelter (24)",
                                                                   "No pillar (12)", "All passages (48)"]  # fmt: skip


def test_whiskers_of_criticism_and_praise_surround_the_end_of_their_bars():
    df = table(letters=20)
    df["sentiment"] = np.where(df.index % 7 == 0, "negative", np.where(df.index % 3 == 0, "positive", "neutral"))
    ax = plot.sentiment(df, by="sender")
    for bars, whiskers in zip(ax.containers[::2], ax.containers[1::2], strict=True):
        for bar, (start, end) in zip(bars, whiskers[2][0].get_segments(), strict=True):
            assert start[0] < bar.get_width() < end[0]


def test_heatmap_rows_sum_to_a_hundred():
    ax = plot.heatmap(table())
    cells = np.asarray(ax.images[0].get_array())
    assert cells.sum(axis=1) == pytest.approx(np.full(len(cells), 100))
    assert cells[-1] == pytest.approx([25, 25, 25, 25])
    assert texts(ax)[0] == f"{cells[0, 0]:.0f}"


def test_values_of_a_column_are_no_labels_to_translate():
    df = table().assign(sender="international")
    ax = plot.heatmap(df, by="sender", language="nl")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["international (48)"]
    assert "Internationaal" in [label.get_text() for label in ax.get_xticklabels()]


def test_categories_keep_their_order():
    df = table()
    df["sender"] = pd.Categorical(df["sender"], ["ngo", "minister", "press"])
    ax = plot.sentiment(df, by="sender")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["ngo (12)", "minister (36)"]


def test_calibration_bins_lie_where_probability_and_truth_are():
    n = 200
    coded = pd.DataFrame(
        {
            "letter": [f"l{k % 20}" for k in range(n)],
            "pillars": ["shelter" if k % 4 == 0 else "" for k in range(n)],
            "sentiment": ["neutral" if k % 10 else "negative" for k in range(n)],
        }
    )
    given = pd.DataFrame({f"p_{label}": np.zeros(n) for label in SCHEME.labels})
    given["p_shelter"], given["p_neutral"], given["p_negative"] = 0.25, 0.85, 0.15
    pillars, sentiment = plot.calibration(given, coded)
    assert pillars.collections[-1].get_offsets().tolist() == [[0, 0], [25, 25]]
    assert list(sentiment.collections[-1].get_offsets()[0]) == pytest.approx([85, 90])
    assert sentiment.get_title(loc="right") == "calibration error 0.050"
    assert texts(pillars)[0].startswith("1,000 decisions; 200 passages of 20 letters")


def test_calibration_needs_the_same_passages():
    given = pd.DataFrame({f"p_{label}": [0.1] for label in SCHEME.labels})
    with pytest.raises(TableError, match="1 passages have probabilities and 48 have codes"):
        plot.calibration(given, table())


FIGURES = (plot.timeline, plot.pillars, plot.sentiment, plot.heatmap)


@pytest.mark.parametrize("draw", FIGURES, ids=lambda draw: draw.__name__)
def test_figures_are_drawn_in_dutch_without_a_warning(draw):
    made = draw(table(letters=40), language="nl")
    ax = made[-1] if isinstance(made, list) else made
    ax.figure.canvas.draw()
    shown = " ".join([*texts(ax), ax.get_xlabel(), *(label.get_text() for label in ax.get_yticklabels())])
    assert "160 passages uit 40 brieven" in shown
    assert "letters" not in shown


@pytest.mark.parametrize("draw", FIGURES, ids=lambda draw: draw.__name__)
def test_figures_draw_on_the_axes_they_are_given(draw):
    from matplotlib import pyplot as plt

    several = draw is plot.timeline
    _, axes = plt.subplots(5 if several else 1)
    made = draw(table(), axes=axes) if several else draw(table(), ax=axes)
    assert (made == list(axes)) if several else (made is axes)


@pytest.mark.parametrize("draw", FIGURES, ids=lambda draw: draw.__name__)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda df: df.drop(columns="letter"), "no column 'letter'"),
        (lambda df: df.rename(columns={"sentiment": "sentimant"}), "did you mean 'sentimant'"),
        (lambda df: df[:0], "no rows"),
        (lambda df: df.assign(pillars="shelters"), "row 0 .*'shelters' is not one of"),
        (lambda df: df.assign(sentiment="boos"), "row 0 .*'boos' is not one of"),
    ],
)
def test_a_table_that_will_not_do_is_refused_with_the_reason(draw, change, message):
    with pytest.raises(TableError, match=message):
        draw(change(table()))


def test_dates_that_are_none_are_named_with_their_row():
    df = table()
    df.loc[5, "date"] = "vorige week"
    with pytest.raises(TableError, match=r"row 5 .*'vorige week' is no date"):
        plot.timeline(df)
    with pytest.raises(TableError, match="holds no date at all"):
        plot.timeline(df.assign(date=None))


def test_settings_that_will_not_do():
    with pytest.raises(ValueError, match="by is 'year'"):
        plot.timeline(table(), by="week")
    with pytest.raises(ValueError, match="'opvang' is no label"):
        plot.timeline(table(), labels=["opvang"])
    with pytest.raises(ValueError, match="language is 'en' or 'nl', not 'de'"):
        plot.pillars(table(), language="de")
    with pytest.raises(ValueError, match="needs 5 axes"):
        plot.timeline(table(), axes=plot.pillars(table()))


def test_pillars_read_back_from_a_file_or_given_as_tuples():
    df = table()
    expected = texts(plot.pillars(df))
    from_file = df.assign(pillars=df["pillars"].replace("", np.nan))
    as_tuples = df.assign(pillars=[tuple(own.split()) for own in df["pillars"]])
    assert texts(plot.pillars(from_file)) == expected
    assert texts(plot.pillars(as_tuples)) == expected


def test_other_schemes_are_drawn_under_their_own_names():
    scheme = LabelScheme(("zorg", "recht"), ("positive", "negative"))
    df = pd.DataFrame({"letter": list("aabb"), "pillars": ["zorg", "recht", "", ""], "sentiment": "positive"})
    ax = plot.pillars(df, scheme=scheme)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["zorg", "recht", "No pillar"]


def test_every_word_is_there_in_both_languages():
    assert WORDS["en"].keys() == WORDS["nl"].keys()
    assert set(SCHEME.labels) <= WORDS["en"].keys()
