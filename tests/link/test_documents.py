"""Documents that tell of one event each, compared as wholes."""

from __future__ import annotations

import itertools

import msgspec
import numpy as np
import pytest

from leadline.link import documents
from leadline.link.blocking import LIMIT, with_tokens
from leadline.link.documents import FAIR, LEAST, Documents, compare_documents
from leadline.link.learned import as_read, of_each_document
from leadline.link.parameters import FIELDS, load_parameters
from leadline.link.rows import Row, at_place, to_table
from leadline.link.scores import weigh
from leadline.link.weighed import weighed_with_documents
from leadline.schema import Place, PlaceMention

GIVEN = load_parameters()


def row(name, document, *, day=None, place=None, reported=None, sort="fire/single"):
    return Row(
        unique_id=name, claims=(name,), event="fire", sort=sort, origin=f"o-{name}", document=document, attributed=False, at=0,
        start_day=day, end_day=day, reported_start=reported, reported_end=reported, place=place, region=None,
        place_name=place, lat=None, lon=None, precision_m=1000.0 if place else None, unit=None, counted=None, low=None, high=None,
        actor=None, realis="actual", stems=("word",), rare=(),
    )  # fmt: skip


def reports(n, twice):
    """`n` reports with words, day and place of their own, of which the first `twice` have a second report with half its words."""
    rows, texts = [], []
    for k in range(n):
        own = [f"{chr(97 + j)}{k:03}" for j in range(12)]
        for copy in range(1 + (k < twice)):
            d = f"d{k:03}{copy}"
            place = f"p{k}" if copy == 0 or k % 2 else None
            rows.append(
                row(d, d, day=1000 + 17 * k if copy == 0 or k % 3 else None, place=place, reported=1000 + 17 * k)
            )
            texts.append((d, " ".join(own[6 * copy :][:9]) + f" z{k:03}{copy} police spoke yesterday"))
    return rows, texts


@pytest.fixture
def connection(make_engine):
    return make_engine({}).connection()


def test_documents_of_one_event_are_told_from_others_and_as_many_are_expected_as_there_are(connection):
    rows, texts = reports(40, 12)
    found = compare_documents(connection, rows, texts, GIVEN)
    names = sorted(found.number, key=found.number.__getitem__)
    same = np.array([names[a][:4] == names[b][:4] for a, b in zip(found.left, found.right, strict=True)])
    assert same.sum() == 12
    assert found.probability[same].min() > 0.9
    assert found.probability[~same].max() < 0.1
    assert found.probability.sum() == pytest.approx(12, abs=1)


def test_documents_without_words_days_or_places_are_as_unlikely_as_any(connection):
    rows = [row(f"d{k}", f"d{k}") for k in range(30)]
    found = compare_documents(connection, rows, [], GIVEN)
    assert found.probability.max() < 0.2


def test_documents_that_are_all_of_one_event_are_so_however_many(connection):
    """Of these no pair at random is of two events: what all agree in must not come to count as what any two agree in."""
    rows = [row(f"d{k:03}", f"d{k:03}", day=1000, place="p", reported=1000 + k % 3) for k in range(120)]
    texts = [(r.document, f"mill ostrel guards fired z{k:03} y{k:03} x{k % 7:03}") for k, r in enumerate(rows)]
    assert compare_documents(connection, rows, texts, GIVEN).probability.min() > 0.9


def mention(document, start, name, precision_m=1000.0):
    point = {"lat": 55.0 + len(name), "lon": 52.0}
    known = {**point, "precision_m": precision_m, "gazetteer_id": f"g-{name}"} if precision_m else {}
    return PlaceMention(document=document, start=start, end=start + len(name), name=name, **known)


def test_documents_whose_claims_name_no_place_are_where_their_texts_name_most_often(connection):
    """`OSTREL - Two men were shot.`: the line says where, and no claim does."""
    rows, texts = reports(40, 0)
    rows += [row("e1", "e1", day=1000), row("e2", "e2", day=1000)]
    texts += [("e1", "guards fired"), ("e2", "shots rang out")]
    before = compare_documents(connection, rows, texts, GIVEN)
    shared = [mention(d, 0, "Velm") for d in ("e1", "e2")]
    country = [mention(d, 9, "Arland", 600_000.0) for d in ("e1", "e2")]
    other = [
        mention("e1", 0, "Velm"),
        mention("e1", 9, "Hemmel"),
        mention("e1", 19, "Hemmel"),
        mention("e2", 0, "Velm"),
    ]
    unknown = [mention(d, 0, "Velm", None) for d in ("e1", "e2")]

    def likely(found):
        pair = found.pair_of(np.array([found.number["e1"]]), np.array([found.number["e2"]]))
        return float(found.probability[pair][0])

    said = [likely(compare_documents(connection, rows, texts, GIVEN, m)) for m in (shared, country, unknown, other)]
    assert said[0] > likely(before) > said[3]
    assert said[1] == said[2] == likely(before)


def test_documents_are_where_their_claims_say_before_where_their_texts_do():
    velm, sarn = (
        Place(name=n, lat=x, lon=52.0, precision_m=900.0, gazetteer_id=n) for n, x in (("v", 61.0), ("s", 62.0))
    )
    nowhere, unread = row("a", "d"), row("b", "d", place="the mill")
    told = at_place(row("c", "d"), velm)
    assert documents._placed([unread, unread, told], sarn).place == "v"
    assert documents._placed([nowhere, unread], sarn).place == "s"
    assert documents._placed([nowhere, unread], None).place == "the mill"
    assert documents._placed([nowhere], None).place is None


@pytest.mark.parametrize("n", [0, 1])
def test_documents_none_or_one_make_no_pair(connection, n):
    found = compare_documents(connection, [row("a", "d")][:n], [("d", "words of it")], GIVEN)
    assert (len(found.number), len(found.left)) == (n, 0)
    assert found.pair_of(np.array([0]), np.array([0])).tolist() == [-1]


def test_documents_are_found_among_more_than_have_all_their_pairs_compared(connection):
    rows, texts = reports(900, 100)
    found = compare_documents(connection, rows, texts, GIVEN)
    names = sorted(found.number, key=found.number.__getitem__)
    same = np.array([names[a][:4] == names[b][:4] for a, b in zip(found.left, found.right, strict=True)])
    assert len(found.left) < 1000 * 999 / 4
    assert same.sum() >= 95
    assert (found.probability[same] > 0.9).mean() > 0.75
    assert found.probability[~same].max() < 0.5


def test_documents_bring_claims_of_one_sort_together_and_of_likely_pairs_only():
    pairs = Documents(
        {"d": 0, "e": 1, "f": 2}, np.array([0, 1]), np.array([1, 2]), np.array([0.9, 0.001]), np.zeros((2, 4)),
        np.zeros(2, bool),
    )  # fmt: skip
    rows = [row("a", "d"), row("b", "e"), row("c", "e", sort="arrest/single"), row("x", "f"), row("y", "elsewhere")]
    a, b, c, x, y = (set(r.meets) for r in pairs.bring_together(rows))
    assert a & b
    assert not a & c
    assert (x, y) == (set(), set())


def pairs_of(levels, left, right):
    table = np.full((len(left), len(FIELDS)), -1, dtype=np.int8)
    for field, level in levels.items():
        table[:, FIELDS.index(field)] = level
    return weigh(np.array(left), np.array(right), table, GIVEN)


def test_documents_that_say_the_same_place_count_it_once():
    rows = [row("a", "d", place="p"), row("b", "e", place="p")]
    found = pairs_of({"place": 0, "origin": 2, "reported": 1}, [0], [1])
    agree = Documents(
        {"d": 0, "e": 1}, np.array([0]), np.array([1]), np.array([0.9]), np.array([[0, 1, 0, 0]]), np.array([False])
    )
    scores, parameters = weighed_with_documents(found, rows, GIVEN, agree)
    assert scores.levels[0, FIELDS.index("place")] == -1
    silent = msgspec.structs.replace(agree, signs=np.zeros((1, 4)))
    both, _ = weighed_with_documents(found, rows, GIVEN, silent)
    assert both.weight[0] == pytest.approx(scores.weight[0] + as_read(GIVEN.comparisons["place"]).levels[0].weight)
    level = parameters.comparisons["reported"].levels[scores.levels[0, FIELDS.index("reported")]]
    assert level.label.startswith("their documents")


def test_documents_that_are_of_one_event_move_what_few_shared_words_tell():
    """Two reports of one event tell different sides of it; where nearly all such claims share few words, that speaks against no pair."""
    k = FIELDS.index("wording")
    rows = [row(f"a{i}", "d") for i in range(60)] + [row(f"b{i}", "e") for i in range(60)]
    left, right = np.divmod(np.arange(3600), 60)
    found = pairs_of({"wording": 3, "origin": 2}, left, right + 60)
    weight = {}
    for p in (0.99, 0.01):
        documents = Documents(
            {"d": 0, "e": 1}, np.array([0]), np.array([1]), np.array([p]), np.zeros((1, 4)), np.array([False])
        )
        _, moved = weighed_with_documents(found, rows, GIVEN, documents)
        weight[p] = moved.comparisons["wording"].levels[3].weight
    assert weight[0.01] < GIVEN.comparisons["wording"].levels[3].weight < weight[0.99]
    assert found.levels[0, k] == 3


def test_as_read_contradicts_less_and_agrees_nearly_as_much():
    said = GIVEN.comparisons["place"]
    read = as_read(said)
    assert sum(x.m for x in read.levels) == pytest.approx(1)
    assert said.levels[0].weight - 0.5 < read.levels[0].weight < said.levels[0].weight
    assert said.levels[-1].weight < read.levels[-1].weight < 0


def test_of_each_document_leaves_out_what_is_in_no_document_that_is_asked_about():
    scores = pairs_of({"place": 0, "origin": 2, "reported": 0}, [0], [1])
    share, unknown = of_each_document(scores, np.array([-1, -1]), np.array([0, 0]), 1, GIVEN, 0.95)
    assert share[0] == pytest.approx(unknown)


def test_of_each_document_knows_the_one_that_looks_back_on_many_events():
    """Nine documents whose four claims name one place, and one whose claims name four."""
    pairs = [(d, 4 * d + a, 4 * d + b) for d in range(10) for a in range(4) for b in range(a + 1, 4)]
    place = [4 if d == 9 else 0 for d, _, _ in pairs]
    scores = pairs_of({"place": place, "origin": 2, "reported": 0}, [a for _, a, _ in pairs], [b for _, _, b in pairs])
    document = np.repeat(np.arange(11), 4)
    said = np.array([k if k >= 36 else k // 4 for k in range(44)])
    share, unknown = of_each_document(scores, document, said, 11, GIVEN, 0.95)
    assert share[:9].min() > 0.9 > 0.5 > share[9]
    assert share[10] == pytest.approx(unknown)
    assert share[9] < unknown < share[0]


def covered(n, others, seed=5):
    """`n` reports of one event and `others` of events of their own, five each, half of them in its town; much is missing, some misread."""
    rng = np.random.default_rng(seed)
    rows, texts = [], []
    for k in range(n + others):
        event = 0 if k < n else 1 + (k - n) // 5
        day, place = (1000, "p0") if event == 0 else (1000 + 11 * event, "p0" if event % 2 else f"p{event}")
        day += int(rng.integers(-40, 40)) if rng.random() < 0.08 else 0
        d = f"d{rng.permutation(10**6)[0]:06}{k:04}"
        told = rng.choice([f"w{event:02}{chr(97 + j) * 3}" for j in range(20)], 9, replace=False)
        words = [
            *told,
            *(f"c{j:03}x" for j in rng.integers(300, size=25)),
            *(f"o{k:03}{chr(97 + j) * 2}" for j in range(4)),
        ]
        rows.append(row(d, d, day=day if rng.random() < 0.67 else None, place=place if rng.random() < 0.67 else None,
                        reported=day + int(rng.integers(0, 30))))  # fmt: skip
        texts.append((d, " ".join(words)))
    return rows, texts, {r.document: 0 if k < n else 1 + (k - n) // 5 for k, r in enumerate(rows)}


@pytest.mark.parametrize(("n", "others"), [(120, 0), (100, 40), (40, 100), (0, 140)])
def test_documents_most_of_which_tell_of_one_event_are_known_for_it(connection, n, others):
    """That a case's documents agree in much must come out as "most are of one event" and not as "any two agree"."""
    rows, texts, event = covered(n, others)
    found = compare_documents(connection, rows, texts, GIVEN)
    names = sorted(found.number, key=found.number.__getitem__)
    same = np.array([event[names[a]] == event[names[b]] for a, b in zip(found.left, found.right, strict=True)])
    assert found.probability[same].mean() > 0.75
    assert not others or found.probability[~same].mean() < 0.25
    assert found.probability.sum() == pytest.approx(same.sum(), rel=0.25)


def test_documents_told_apart_are_pairs_of_rows_of_one_sort_whose_documents_were_compared():
    pairs = Documents(
        {"d": 0, "e": 1, "f": 2}, np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([0.001, 0.9, 0.001]), np.zeros((3, 4)),
        np.array([False, True, True]),
    )  # fmt: skip
    rows = [row("a", "f"), row("b", "d"), row("c", "e", sort="arrest/single"), row("g", "e"), row("x", "elsewhere"), row("y", "f")]  # fmt: skip
    found = pairs.told_apart(rows, np.zeros(6, int))
    assert sorted(zip(*(x.tolist() for x in found), strict=True)) == [(0, 3, True), (1, 3, False), (3, 5, True)]
    nothing = Documents({}, np.empty(0, int), np.empty(0, int), np.empty(0), np.empty((0, 4)), np.empty(0, bool))
    assert [len(x) for x in nothing.told_apart(rows, np.zeros(6, int))] == [0, 0, 0]


def test_documents_told_apart_are_counted_within_a_crowd_alone_and_some_at_once(monkeypatch):
    """Elsewhere a pair left out counts anyway, and of two documents of many claims all pairs together would take gigabytes."""
    pairs = Documents({"d": 0, "e": 1, "f": 2}, np.array([0, 0]), np.array([1, 2]), np.array([0.001, 0.001]), np.zeros((2, 4)), np.zeros(2, bool))  # fmt: skip
    rows = [row(f"{d}{k}", d) for d in "def" for k in range(3)]
    crowd = np.array([0, 0, 1, 0, 1, -1, -1, -1, 0])
    for at_once in (1, 4, 100):
        monkeypatch.setattr(documents, "ROWS_AT_ONCE", at_once)
        left, right, _ = pairs.told_apart(rows, crowd)
        assert sorted(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 3), (0, 8), (1, 3), (1, 8), (2, 4)]


def test_documents_that_all_have_the_same_words_cost_no_cube_of_them(connection):
    """Twelve words that all documents have are 66 keys of all; what any three of these bring together is the same again."""
    rare = tuple(f"word{k:02}" for k in range(12))
    rows = [msgspec.structs.replace(row(f"d{k:03}", f"d{k:03}", day=1000), rare=rare) for k in range(2 * LIMIT)]
    tokens = with_tokens(connection, to_table(rows))["tokens"].to_pylist()
    assert max(map(len, tokens)) < 1000
    near = [len(set(a) & set(b)) > 0 for a, b in itertools.pairwise(tokens)]
    assert all(near)


def test_documents_are_compared_by_chance_too_whatever_they_share(connection):
    """Each is compared with about twenty others that nothing but chance chose, and it is known which pairs these are."""
    rows = [row(f"d{k:04}", f"d{k:04}", place=f"p{k}", day=50 * k) for k in range(10 * FAIR + 500)]
    found = compare_documents(connection, rows, [], GIVEN)
    fair = np.concatenate([found.left[found.fair], found.right[found.fair]])
    assert np.bincount(fair, minlength=len(rows)).min() == FAIR - 1
    among = found.drawn_fairly(rows, found.left, found.right)
    assert (among == found.fair).all()
    assert not found.drawn_fairly([rows[0], rows[0]], np.array([0]), np.array([1])).any()
    brought = found.bring_together(rows)
    likely = found.fair & (found.probability >= LEAST)
    both = zip(found.left[likely].tolist(), found.right[likely].tolist(), strict=True)
    assert all(set(brought[a].meets) & set(brought[b].meets) for a, b in both)


def test_documents_that_were_not_compared_leave_their_claims_the_publication_dates():
    """Of a case with many documents not all are compared; that two were not says nothing of what they tell."""
    rows = [row("a", "d", place="p"), row("b", "e", place="p"), row("c", "f", place="p")]
    found = pairs_of({"place": 0, "origin": 2, "reported": 1}, [0, 0], [1, 2])
    one = Documents(
        {"d": 0, "e": 1, "f": 2}, np.array([0]), np.array([1]), np.array([0.9]), np.zeros((1, 4)), np.array([False])
    )
    scores, parameters = weighed_with_documents(found, rows, GIVEN, one)
    told = [parameters.comparisons["reported"].levels[k].label for k in scores.levels[:, FIELDS.index("reported")]]
    assert told[0].startswith("their documents and they")
    assert told[1] == "published within 3 days"
    none = Documents(
        {"d": 0}, np.empty(0, int), np.empty(0, int), np.empty(0), np.empty((0, 4), np.int8), np.empty(0, bool)
    )
    unmoved, _ = weighed_with_documents(found, rows, GIVEN, none)
    assert unmoved.levels.tolist() == found.levels.tolist()
