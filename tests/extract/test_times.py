"""Time expressions: what is found, what it is worth, and which days it covers."""

from __future__ import annotations

import time
from datetime import date

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.errors import CodebookError
from leadline.extract.cascade import Cascade, Rule
from leadline.extract.language import load_language
from leadline.extract.times import TimeReading, find_times, time_interval
from leadline.extract.times import calendar as cal
from leadline.extract.times.finder import grammar
from leadline.schema import Published

BLANK = spacy.blank("en")


def published(start, end=None):
    return start and Published(start=start, end=end or start, basis="given", evidence="collector")


def read(text, day=None, end=None):
    return find_times(load_language()(text), published(day, end))


def one(text, day=None, end=None):
    (reading,) = read(text, day, end)
    return reading


# The expressions that other normalisers were measured on, with the same document dates.
MEASURED = [
    ("The raid happened last September.", "2022-11-04", "2022-09-01", "2022-09-30"),
    ("The envoy left on Monday.", "2023-08-09", "2023-08-07", "2023-08-07"),
    ("They have held it since early February.", "2023-03-10", "2023-02-01", "2023-03-10"),
    ("It was released on Sept. 25.", "2025-09-26", "2025-09-25", "2025-09-25"),
    ("It began in November 2022.", "2023-06-20", "2022-11-01", "2022-11-30"),
    ("It was published on Thursday, May 5.", "2022-05-06", "2022-05-05", "2022-05-05"),
    ("The ministry denied it last week.", "2022-11-04", "2022-10-24", "2022-10-30"),
    ("They deserted at the end of 2022.", "2023-06-20", "2022-09-01", "2022-12-31"),
    ("They have fought since February 2022.", "2025-09-26", "2022-02-01", "2025-09-26"),
    ("The channel posted it yesterday.", "2023-06-20", "2023-06-19", "2023-06-19"),
    ("The letter was dated June 16.", "2023-06-20", "2023-06-16", "2023-06-16"),
    ("They were shot between 1941 and 1944.", "2022-11-04", "1941-01-01", "1944-12-31"),
    ("The town fell in May.", "2023-08-09", "2023-05-01", "2023-05-31"),
    ("Losses rose over the past few days.", "2023-06-20", "2023-06-13", "2023-06-20"),
]


@pytest.mark.parametrize(("text", "day", "first", "last"), MEASURED)
def test_times_resolve_the_measured_expressions(text, day, first, last):
    for reading in read(text, day):
        assert (reading.first, reading.last) == (first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Fifty were sentenced in the first half of October.", "2022-10-01", "2022-10-15"),
        ("Fifty were sentenced in the second half of September.", "2022-09-16", "2022-09-30"),
        ("Fifty were sentenced in the first half of 2022.", "2022-01-01", "2022-06-30"),
        ("The week of October 12 was the worst.", "2022-10-10", "2022-10-16"),
        ("Twenty men fled over the weekend.", "2022-10-29", "2022-10-30"),
        ("Twenty men will be sent back at the weekend.", "2022-11-05", "2022-11-06"),
        ("They fled on October 3, 4 and 6.", "2022-10-03", "2022-10-06"),
        ("They fled on the nights of 1, 2 and 3 October.", "2022-10-01", "2022-10-03"),
        ("He was conscripted half a year ago.", "2022-05-01", "2022-05-31"),
        ("He was conscripted a year and a half ago.", "2021-05-01", "2021-05-31"),
        ("Losses rose in Q3 2022.", "2022-07-01", "2022-09-30"),
        ("They were shot on the night of 3-4 October.", "2022-10-03", "2022-10-04"),
        ("Three refused in the past 48 hours.", "2022-11-02", "2022-11-04"),
    ],
)
def test_times_parts_lists_and_weeks(text, first, last):
    reading = one(text, "2022-11-04")
    assert (reading.first, reading.last) == (first, last)


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("They met on 4 November 2031.", "4 November 2031", "2031-11-04"),
        ("They met on the 4th of November, 2031.", "the 4th of November, 2031", "2031-11-04"),
        ("They met on Nov. 4, 2031.", "Nov. 4, 2031", "2031-11-04"),
        ("They met on 2031-11-04.", "2031-11-04", "2031-11-04"),
        ("They met on 14.11.2031.", "14.11.2031", "2031-11-14"),
        ("They met in mid-March 2031.", "mid-March 2031", "2031-03"),
        ("They met in the summer of 2031.", "the summer of 2031", "2031-SU"),
        ("They met in the 1990s.", "the 1990s", "199"),
        ("They met in the 20th century.", "the 20th century", "19"),
        ("They met in the third quarter of 2031.", "the third quarter of 2031", "2031-Q3"),
        ("They fought for three days.", "three days", "P3D"),
        ("They fought for several months.", "several months", "PXM"),
        ("They fought for two and a half years.", "two and a half years", "P2Y6M"),
        ("They fought for half an hour.", "half an hour", "PT30M"),
        ("They fought for almost two decades.", "almost two decades", "P20Y"),
        ("They meet every Monday.", "every Monday", "XXXX-WXX-1"),
        ("They were shelled daily.", "daily", "XXXX-XX-XX"),
        ("They have left recently.", "recently", "PAST_REF"),
    ],
)
def test_times_need_no_document_date_where_the_words_say_all(text, words, value):
    reading = one(text)
    assert (text[reading.start : reading.end], reading.value) == (words, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("He called at 10:30 p.m. on Wednesday.", "2031-11-05T22:30"),
        ("They fled on Monday night.", "2031-11-03TNI"),
        ("They fled this morning.", "2031-11-07TMO"),
        ("They fled two weeks ago.", "2031-W43"),
        ("They fled three days ago.", "2031-11-04"),
        ("They fled this year.", "2031"),
        ("They fled over the weekend, on Saturday.", "2031-11-01"),
        ("They will leave on Saturday.", "2031-11-08"),
        ("They will leave next week.", "2031-W46"),
        ("The talks are scheduled to start on Monday.", "2031-11-10"),
        ("They left on Christmas Eve.", "2030-12-24"),
        ("They left at Easter.", "2031-04-13"),
        ("They left on Orthodox Easter.", "2031-04-13"),
        ("They left on Orthodox Christmas.", "2031-01-07"),
        ("It happened last summer.", "2031-SU"),
    ],
)
def test_times_are_relative_to_the_document(text, value):
    assert value in [t.value for t in read(text, "2031-11-07")]  # a Friday


@pytest.mark.parametrize(
    "text", ["He left yesterday.", "It fell last September.", "He said so on Monday.", "It fell in May."]
)
def test_times_without_document_date_have_no_days(text):
    reading = one(text)
    assert (reading.first, reading.last, reading.anchor) == (None, None, None)
    assert "X" in reading.value


def test_times_absolute_ones_need_no_document_date():
    reading = one("It began in November 2031.")
    assert (reading.first, reading.last, reading.anchor) == ("2031-11-01", "2031-11-30", "absolute")


class TestWidePublication:
    """A publication date that is itself an interval resolves only what is sound."""

    def test_times_move_along_with_the_date(self):
        reading = one("The channel posted it yesterday.", "2031-06-16", "2031-06-30")
        assert (reading.first, reading.last) == ("2031-06-15", "2031-06-29")

    def test_times_resolve_where_both_ends_agree(self):
        assert one("He left last year.", "2031-06-16", "2031-06-30").value == "2030"
        assert one("It was dated June 10.", "2031-06-16", "2031-06-30").first == "2031-06-10"

    def test_times_stay_open_where_the_ends_disagree(self):
        reading = one("It was dated June 20.", "2031-01-05", "2032-01-05")
        assert (reading.first, reading.value) == (None, "XXXX-06-20")


@pytest.mark.parametrize(
    ("text", "first", "last", "opens"),
    [
        ("since early February", "2031-02-01", "2031-11-07", (False, True)),
        ("since the river froze in February", "2031-02-01", "2031-11-07", (False, True)),
        ("from the start of the siege in May 2030", "2030-05-01", "2031-11-07", (False, True)),
        ("since June 4 last year", "2030-06-04", "2031-11-07", (False, True)),
        ("by mid-March", None, "2031-03-21", (True, False)),
        ("until 2030", None, "2030-12-31", (True, False)),
        ("after 2029", "2029-01-01", None, (False, True)),
        ("from 5 June to 7 July 2030", "2030-06-05", "2030-07-07", (False, False)),
        ("from June to August", "2031-06-01", "2031-08-31", (False, False)),
        ("between 5 and 7 June", "2031-06-05", "2031-06-07", (False, False)),
        ("in 2027-2029", "2027-01-01", "2029-12-31", (False, False)),
        ("in the first two weeks of March", "2031-03-01", "2031-03-14", (False, False)),
        ("during the first week of March", "2031-03-01", "2031-03-07", (False, False)),
    ],
)
def test_times_phrases_open_close_and_join(text, first, last, opens):
    for reading in read(f"They fought there {text}.", "2031-11-07"):
        assert (reading.first, reading.last) == (first, last)
        assert (reading.open_start, reading.open_end) == opens


def test_times_since_looks_back_whatever_its_verb():
    reading = one("It counted men who had turned down orders to fight since February.", "2022-08-04")
    assert (reading.first, reading.last) == ("2022-02-01", "2022-08-04")


def test_times_since_what_happened_of_a_date():
    reading = one("Courts have had 900 cases since the emergency decree of October 2022.", "2023-05-16")
    assert (reading.first, reading.last) == ("2022-10-01", "2023-05-16")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Ukraine says 300 have left since the invasion began.", "2022-02-24"),
        ("Ukraine says 300 have left since the start of the full-scale war.", "2022-02-24"),
        ("Russian courts have had 300 cases since mobilisation.", "2022-09-21"),
    ],
)
def test_times_common_nouns_for_a_period(text, first):
    assert one(text, "2024-05-01").first == first


@pytest.mark.parametrize(
    "text",
    ["Sudria says 300 have left since the invasion began.", "In Ukraine, men fled since the invasion of an island."],
)
def test_times_common_nouns_for_no_period_of_theirs(text):
    assert not read(text, "2024-05-01")


def test_times_since_stays_open_without_document_date():
    reading = one("They have fought since 2029.")
    assert (reading.first, reading.last, reading.open_end) == ("2029-01-01", None, True)


def test_times_phrase_takes_in_the_preposition():
    text = "They have fought since February 2029."
    assert time_interval(one(text), text).phrase == "since February 2029"


def test_times_interval_is_none_without_days():
    assert time_interval(one("He left yesterday."), "He left yesterday.") is None


def test_times_follow_what_was_mentioned():
    first, second, third = read("On 3 May 2031 they crossed. The next day they fled. The following week they returned.")
    assert (first.value, third.value, third.anchor) == ("2031-05-03", "2031-W19", "mentioned")
    assert second.first is None  # "the next day" without a document date counts from the document in the grammar


def test_times_historical_ones_are_marked():
    readings = read("In 1942 the order was signed. In 2030 it was quoted.", "2031-11-07")
    assert [r.is_historical for r in readings] == [True, False]


def test_times_historical_ones_are_marked_against_the_latest_day_named():
    readings = read("On 4 May 2031 a court cited the order of July 28, 1942.")
    assert [r.is_historical for r in readings] == [False, True]


def test_times_compared_with_are_marked():
    readings = read("It was the largest raid since 2029. They have fought since 2030.", "2031-11-07")
    assert [r.is_comparison for r in readings] == [True, False]


class TestPeriods:
    """Wars and eras are times after a preposition."""

    def test_periods_give_their_days(self):
        reading = one("Such orders were given during the Second World War.", "2031-11-07")
        assert (reading.first, reading.last, reading.is_historical) == ("1939-09-01", "1945-09-02", True)

    def test_periods_open_from_their_end_or_their_start(self):
        assert one("None was given since the Winter War.", "2031-11-07").first == "1940-03-13"
        assert one("Many were given since the start of the Winter War.", "2031-11-07").first == "1939-11-30"
        assert one("None was given before the Winter War.", "2031-11-07").last == "1939-11-30"

    @pytest.mark.parametrize(
        "text",
        ["A film on World War II ran.", "He is a veteran of the Second World War.", "It was a cold war tale."],
    )
    def test_periods_need_a_preposition_that_dates(self, text):
        assert read(text, "2031-11-07") == ()

    def test_periods_that_had_not_begun_are_no_time(self):
        assert read("They spoke of it in World War II terms.", "1931-11-07") == ()


@pytest.mark.parametrize(
    "text",
    [
        "He may march on the town.",
        "They march at dawn in step.".replace(" at dawn", ""),
        "The 27-year-old man was 31 years old.",
        "They lost 600 men a day.",
        "The 1306 Regiment and its 2000 soldiers.",
        "Order number 1942 stood.",
        "A quarter of them fell.",
        "They spring into action as soon as they can.",
    ],
)
def test_times_are_not_seen_in_other_words(text):
    assert read(text) == ()


def test_times_count_in_the_year_despite_a_plural_noun():
    assert [t.value for t in read("In 2031 troops crossed the river.")] == ["2031"]


def test_times_weekday_tells_the_year():
    reading = one("The decree came on Sunday, March 9.", "2031-02-01")
    assert date.fromisoformat(reading.first).weekday() == 6


def test_times_work_without_a_parse():
    doc = BLANK("They met on 4 November 2031 and fled yesterday.")
    assert [t.value for t in find_times(doc, published("2031-11-07"))] == ["2031-11-04", "2031-11-06"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dates(date(1600, 1, 1), date(2090, 12, 31)),
    st.sampled_from(["{d} {m} {y}", "{m} {d}, {y}", "{d:02d}.{n:02d}.{y}", "{y}-{n:02d}-{d:02d}"]),
)
def test_times_every_full_date_is_read(day, form):
    text = "On " + form.format(d=day.day, m=day.strftime("%B"), n=day.month, y=day.year) + " it rained."
    (reading,) = find_times(BLANK(text), None)
    assert (reading.first, reading.last) == (day.isoformat(), day.isoformat())


WORDS = [
    "the",
    "last",
    "next",
    "first",
    "two",
    "three",
    "5",
    "31",
    "1941",
    "2031",
    "year",
    "years",
    "week",
    "Monday",
    "May",
    "March",
    "of",
    "and",
    "to",
    "from",
    "between",
    "since",
    "until",
    "by",
    "early",
    "mid",
    "late",
    "end",
    "-",
    ",",
    ".",
    ":",
    "ago",
    "a",
    "few",
    "several",
    "past",
    "summer",
    "quarter",
    "night",
    "p.m.",
    "every",
    "daily",
    "10",
    "1990s",
    "century",
    "soldiers",
]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(WORDS), max_size=40), st.one_of(st.none(), st.dates(date(1950, 1, 1), date(2080, 1, 1)))
)
def test_times_hold_their_invariants_on_any_words(words, day):
    text = " ".join(words)
    readings = find_times(BLANK(text), published(day and day.isoformat()))
    end = 0
    for r in readings:
        assert end <= r.start < r.end <= len(text)
        assert r.phrase_start <= r.start
        assert r.end <= r.phrase_end
        assert r.value
        assert not (r.first and r.last) or r.first <= r.last
        assert not r.open_end or r.last is None or day is not None
        end = r.end


@pytest.mark.parametrize(
    "piece",
    ["the last ", "two and ", "1,", "from 2031 to ", "Monday , ", "early ", "a few ", "5-", "nineteen ", "of the end "],
)
def test_times_are_linear_on_adversarial_text(piece):
    def seconds(n):
        words = (piece.split() * n)[:n]
        doc = spacy.tokens.Doc(BLANK.vocab, words=words, spaces=[True] * n)
        began = time.process_time()
        find_times(doc, published("2031-11-07"))
        return time.process_time() - began

    seconds(50)
    small, large = seconds(1_000), min(seconds(8_000) for _ in range(3))  # a collection of garbage may fall into one
    assert large < 8 * 3 * max(small, 0.02)  # eight times the text; quadratic would be 64


def test_times_grammar_names_the_place_of_an_error():
    with pytest.raises(CodebookError, match="rule 'x' names 'nosuch'"):
        Cascade(
            words={},
            passes=[[Rule(name="x", pattern="nosuch", reads="r")]],
            readers={"r": lambda _: None},
            numeral_classes=lambda _: frozenset(),
            meaning_classes=lambda _: frozenset(),
            families=(),
            place="grammar.toml",
        )


def test_times_grammar_rules_have_names_of_their_own():
    names = [rule.name for passes in grammar()._passes for rule, _ in passes]
    assert len(names) == len(set(names))


@given(st.dates(date(1900, 1, 1), date(2090, 1, 1)), st.integers(-400, 400))
def test_calendar_months_added_keep_their_distance(day, n):
    moved = cal.add_months(day, n)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == n
    assert moved.day <= day.day


@pytest.mark.parametrize(
    ("year", "western", "orthodox"),
    [(2022, "2022-04-17", "2022-04-24"), (2025, "2025-04-20", "2025-04-20"), (2024, "2024-03-31", "2024-05-05")],
)
def test_calendar_easter(year, western, orthodox):
    assert (cal.easter(year).isoformat(), cal.easter(year, julian=True).isoformat()) == (western, orthodox)


def test_times_reading_is_frozen():
    reading = TimeReading(start=0, end=1, phrase_start=0, phrase_end=1, value="2031", kind="DATE")
    with pytest.raises(AttributeError):
        reading.value = "2032"
