"""Candidates, alignment and the kind and direction of a relation, on texts written for it."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.register import Register
from leadline.schema import Document, Published
from leadline.trace import alignment, glance, reuse
from leadline.trace.alignment import align, prepare
from leadline.trace.compare import plausible
from leadline.trace.credits import Publishers, find_credits
from leadline.trace.kinds import relate
from leadline.trace.reader import describe
from leadline.trace.shelf import Shelf
from leadline.trace.sketch import sketch
from leadline.trace.text import view

STORY = (
    "Colonel Maro Tevik ordered the 412 Brigade to hold the mill at Ostrel on 3 March. "
    "Eleven drivers had refused to cross the Lenva bridge that morning. "
    "Their phones were taken and they were locked in a granary without water. "
    "A nurse named Dalia Kors counted nineteen men in the yard. "
    "The garrison office in Pravin said that it knew of no such order. "
    "Two days later a barge carried seven of the drivers to Sulmor. "
    "Nobody has heard from the other four since then."
)
SPUN = (
    "Colonel Maro Tevik commanded the 412 Brigade to maintain the mill at Ostrel on 3 Walk. "
    "Eleven motorists experienced declined to traverse the Lenva link that early morning. "
    "Their telephones had been seized and they have been shut in a granary devoid of drinking water. "
    "A health practitioner named Dalia Kors tallied nineteen adult males in the garden. "
    "The garrison workplace in Pravin mentioned that it realized of no these kinds of purchase. "
    "Two times afterwards a barge transported seven of the motorists to Sulmor. "
    "No one has listened to from the other four given that then."
)
OTHER = (
    "Captain Ilse Brand told the 77 Regiment to leave the quarry at Hemmel on 9 June. "
    "Forty recruits had asked for boots and blankets a week before. "
    "The mayor opened the school for them and cooked soup. "
    "No one was punished, a spokesman in Grote said. "
    "By evening the trucks had gone north along the canal."
)


def doc(name: str, text: str, day: str | None = None, publisher: str | None = None, language: str = "en") -> Document:
    published = Published(start=day, end=day, basis="given", evidence="test") if day else None
    return Document(
        document=name, sha256=name, text=text, series=name, published=published, publisher=publisher, language=language
    )


def relation(left: Document, right: Document):
    publishers = Publishers(Register([]), [left.publisher, right.publisher])
    one, other = view(left), view(right)
    across = left.language != right.language
    a = align(prepare(one, across_languages=across), prepare(other, across_languages=across))
    cosine = float(reuse.similarity(Shelf([sketch(one), sketch(other)]))[0, 1])
    return relate(one, other, left.text, a, (describe(left, publishers), describe(right, publishers)), cosine)


def test_kinds_copy_after_the_original():
    r = relation(doc("a", STORY, "2031-03-05"), doc("b", "Other headline\n" + STORY, "2031-03-07"))
    assert (r.kind, r.direction) == ("copy", "to")
    assert r.share > 0.9
    assert {e.rule for e in r.evidence} == {"verbatim", "date"}


def test_kinds_direction_unknown_without_anything_that_shows_it():
    assert relation(doc("a", STORY), doc("b", STORY)).direction == "unknown"


def test_kinds_credit_outweighs_dates():
    r = relation(
        doc("a", STORY + " The Ferry Post first reported this.", "2031-03-04", "Sund News"),
        doc("b", STORY, "2031-03-06", "Ferry Post"),
    )
    assert r.direction == "from"
    assert "credit" in {e.rule for e in r.evidence}


def test_kinds_spun_copy_is_a_rewrite_by_its_damage():
    r = relation(doc("a", STORY), doc("b", SPUN))
    assert (r.kind, r.direction) == ("rewrite", "to")
    assert "damage" in {e.rule for e in r.evidence}


def test_kinds_passage_inside_a_longer_piece_is_an_excerpt():
    longer = OTHER + " " + STORY + " " + OTHER.replace("Hemmel", "Dorst").replace("quarry", "harbour")
    assert relation(doc("a", STORY), doc("b", longer)).kind == "excerpt"


def test_kinds_shared_quotation_alone_is_no_copying():
    speech = "“We have no shells and nobody answers on the second channel, and the boys from the ferry are gone, and he said that we are ballast, so we wait for the morning.”"
    one = f"A soldier near Ostrel spoke at length with his mother. {speech} The recording lasts four minutes and was cut in two places."
    other = f"In Pravin the security service played a call to the press. {speech} It did not name the man or say which unit he serves in."
    assert relation(doc("a", one), doc("b", other)) is None


def test_kinds_unrelated_texts_have_no_relation():
    assert relation(doc("a", STORY), doc("b", OTHER)) is None


def test_kinds_evidence_quotes_the_text():
    left = doc("a", STORY)
    e = next(e for e in relation(left, doc("b", STORY)).evidence if e.quote)
    assert left.text[e.start : e.end] == e.quote


RUSSIAN = (
    "Полковник Маро Тевик приказал 412-й бригаде удерживать мельницу в Острель 3 марта. "
    "Одиннадцать водителей отказались переезжать мост через Ленву. "
    "Медсестра Далия Корс насчитала 19 человек. "
    "Комендатура в Правине заявила, что не знает о приказе. "
    "Через 2 дня баржа увезла 7 водителей в Сулмор."
)


def test_kinds_translation_across_languages_by_names_and_numbers():
    english = STORY.replace("nineteen", "19").replace("Eleven", "11").replace("seven", "7").replace("Two", "2")
    r = relation(doc("a", english), doc("b", RUSSIAN, language="ru"))
    assert r is not None
    assert r.kind == "translation"


@pytest.mark.parametrize("text", [STORY, SPUN])
def test_reuse_candidates_find_copies_in_any_order(text):
    sketches = [
        sketch(view(doc(n, t))) for n, t in (("a", STORY), ("b", OTHER), ("c", text + " Extra words at the end."))
    ]
    found = named(Shelf(sketches))
    assert ("a", "c") in found
    assert found == named(Shelf(sketches[::-1]))


def named(shelf):
    pairs = reuse.candidates(shelf)
    return {
        (shelf.documents[i], shelf.documents[j]): value
        for i, j, value in zip(pairs.left, pairs.right, pairs.cosine.tolist(), strict=True)
    }


def test_reuse_pairs_without_enough_in_common_are_dropped_unread():
    texts = {
        "a": STORY,
        "b": OTHER + " Nobody said that Maro Tevik knew.",
        "c": STORY.replace("Eleven", "Twelve") + " Extra words at the end.",
    }
    shelf = Shelf(sketch(view(doc(n, t))) for n, t in texts.items())
    every = reuse.candidates(shelf, floor=0.0)
    natures = {n: describe(doc(n, t), Publishers(Register([]), [])) for n, t in texts.items()}
    kept = plausible(shelf, every, natures)
    assert len(every.left) > 1
    assert [(shelf.documents[i], shelf.documents[j]) for i, j in zip(kept.left, kept.right, strict=True)] == [
        ("a", "c")
    ]


def test_reuse_a_long_run_keeps_a_pair_that_shares_no_names():
    run = "they said that nobody would ever be asked to go back over there again"
    one, other = f"Bela: {run}. It rained.", f"Quite another text has it that {run}, and so on and so forth."
    shelf = Shelf(sketch(view(doc(n, t))) for n, t in (("a", one), ("b", other)))
    natures = {n: describe(doc(n, t), Publishers(Register([]), [])) for n, t in (("a", one), ("b", other))}
    pairs = reuse.Pairs(np.array([0]), np.array([1]), np.array([0.2]))
    assert len(plausible(shelf, pairs, natures).left) == 1
    longest, share = glance.stretches(shelf, pairs.left, pairs.right)
    assert (longest.tolist(), share.tolist()) == ([14], [14 / 17])


def sentences_in_common(one, other):
    """Words of each text in sentences that `align` finds a partner for, whatever the order, and the fewer sentences."""
    views = view(doc("a", one)), view(doc("b", other))
    partners = alignment._partners(*(prepare(v) for v in views))
    sides = [{p[side] for p in partners} for side in (0, 1)]
    words = [sum(v.sentences[i][1] - v.sentences[i][0] for i in s) for v, s in zip(views, sides, strict=True)]
    return [w / len(v.words) for w, v in zip(words, views, strict=True)], min(map(len, sides))


def shuffled(seed: int) -> str:
    """Sentences of three texts, some of them twice, in an order of their own."""
    rng = np.random.default_rng(seed)
    told = [s for text in (STORY, SPUN, OTHER) for s in text.split(". ")]
    return ". ".join(told[i].rstrip(".") for i in rng.integers(0, len(told), rng.integers(1, 12))) + "."


def test_glance_sees_the_sentences_that_the_alignment_partners():
    texts = [
        STORY,
        SPUN,
        OTHER,
        "He said: “We will not go to Ostrel.” It cost 12.5 million.",
        *map(shuffled, range(40)),
    ]
    shelf = Shelf(sketch(view(doc(f"{i:02}", t))) for i, t in enumerate(texts))
    left, right = np.triu_indices(len(texts), 1)
    one, other, n = glance.retold(shelf, left, right)
    for k, (i, j) in enumerate(zip(left, right, strict=True)):
        shares, fewest = sentences_in_common(texts[i], texts[j])
        assert ([one[k], other[k]], n[k]) == (pytest.approx(shares), fewest)


def test_glance_runs_of_words_are_those_of_the_alignment_in_own_words():
    said = "We will not cross the Lenva bridge for the 412 Brigade, he told them in the yard"
    texts = [
        STORY, f"{said}. It cost 12.5 million.", f"He said: “{said}.” It cost 12.5 million, as it had in May.",
        f"“{said}”, and {said}, it cost 12.5 million, as it had in May, when 1.5 was the rate.", *map(shuffled, range(30)),
    ]  # fmt: skip
    shelf = Shelf(sketch(view(doc(f"{i:02}", t))) for i, t in enumerate(texts))
    assert not any(shelf.odd)
    left, right = (x.ravel() for x in np.meshgrid(range(len(texts)), range(len(texts))))
    longest, share = glance.stretches(shelf, left, right)
    ready = [prepare(view(doc(f"{i:02}", t))) for i, t in enumerate(texts)]
    seen = 0
    for k, (i, j) in enumerate(zip(left, right, strict=True)):
        a = align(ready[i], ready[j])
        run = a.longest[1] - a.longest[0] - sum(w in ready[i].view.quoted for w in range(*a.longest))
        assert longest[k] >= run
        assert share[k] >= a.own_left - 0.0001
        seen += longest[k] == run and abs(share[k] - a.own_left) < 0.0001
    assert seen > 0.98 * len(left)


def test_reuse_repeated_names_count_as_often_as_both_have_them():
    texts = ("Marek met Marek and Tevik.", "Tevik met Marek, then Marek, then Marek.", "Nobody went.")
    shelf = Shelf(sketch(view(doc(n, t))) for n, t in zip("abc", texts, strict=True))
    assert glance.in_common(shelf, "anchors", np.array([0, 0]), np.array([1, 2])).tolist() == [3, 0]


def test_reuse_exact_groups_collapse_the_same_text():
    listed = (("c", STORY), ("a", STORY), ("b", OTHER), ("e", ""), ("f", ""))
    shelf = Shelf(sketch(view(doc(n, t))) for n, t in listed)
    assert [[shelf.documents[k] for k in group] for group in shelf.groups()] == [["a", "c"], ["b"]]


@pytest.mark.parametrize("n", [0, 1])
def test_reuse_candidates_of_nearly_nothing(n):
    assert named(Shelf([sketch(view(doc("a", STORY)))][:n])) == {}


def test_credits_own_outlet_acting_is_first_hand_not_a_credit():
    d = doc("a", "The Ferry Post could not verify the call. A man told the Ferry Post so.", publisher="Ferry Post")
    found = find_credits(d, Publishers(Register([]), ["Ferry Post"]))
    assert found.credited == {}
    assert found.first_hand is not None
    assert d.text[found.first_hand.start : found.first_hand.end] == found.first_hand.quote


def test_credits_a_bare_mention_is_no_credit():
    d = doc("a", "Orin walked past the Ferry Post building.", publisher="Sund News")
    assert find_credits(d, Publishers(Register([]), ["Ferry Post", "Sund News"])).credited == {}


def test_credits_an_outlet_named_like_a_place_is_not_credited_where_men_come_from(tmp_path):
    publishers = Publishers(Register([]), ["Ostrel", "Sund News"], places=["Ostrel", "Hemmel"])

    def credited(text):
        return set(find_credits(doc("a", text, publisher="Sund News"), publishers).credited)

    assert credited("Nine men from Ostrel crossed the river by night.") == set()
    assert credited("According to Ostrel, nine men crossed the river.") == {"ostrel"}
    assert credited("Nine men crossed the river, Ostrel reports.") == {"ostrel"}


LEDE = "Eleven drivers of the 412 Brigade were locked in a granary at Ostrel after they refused to cross the Lenva bridge on 3 March, the garrison office in Pravin said in a release."
ELSEWHERE = (
    "The mayor of Sulmor wants new benches for the quay. Two ferries were late because of fog. "
    "At the market a pound of plums cost more than a week ago. Nobody could say when the lock would open."
)


def test_kinds_one_sentence_in_common_is_a_passage_without_direction():
    r = relation(doc("a", f"{LEDE} {OTHER}", "2031-03-05"), doc("b", f"{LEDE} {ELSEWHERE}", "2031-03-07"))
    assert (r.kind, r.direction) == ("passage", "unknown")
    assert r.evidence[0].rule == "verbatim"


def test_kinds_several_sentences_in_common_are_an_excerpt():
    r = relation(
        doc("a", f"{'. '.join(STORY.split('. ')[:3])}. {OTHER}", "2031-03-05"),
        doc("b", f"{'. '.join(STORY.split('. ')[:3])}. {ELSEWHERE}", "2031-03-07"),
    )
    assert r.kind == "excerpt"


def test_kinds_a_sentence_that_tells_the_same_is_no_rewrite():
    short = (
        "Eleven drivers of the 412 Brigade were shut in a barn at Ostrel on 3 March for refusing to cross the Lenva."
    )
    assert relation(doc("a", STORY, "2031-03-05"), doc("b", short, "2031-03-07")) is None
    assert relation(doc("a", LEDE), doc("b", short)) is None


def test_kinds_two_reports_of_one_call_are_no_rewrite():
    call = "“We were told to hold the mill at Ostrel and Tevik shot the three who would not go back to the bridge,” {} says."
    one = f"{call.format('a driver')} The recording was made public by the garrison office in Pravin. He asks for his brother."
    other = (
        f"{call.format('the man')} The office in Pravin released it on Monday. Nobody confirmed it. The line is poor."
    )
    assert relation(doc("a", one, "2031-03-05"), doc("b", other, "2031-03-06")) is None


ELSEWHERE_IN_RUSSIAN = (
    "Полковник Маро Тевик приказал 412 бригаде удерживать мельницу в Остреле. "
    "Рынок в Сулморе открылся позже обычного из-за тумана на канале."
)


def test_kinds_one_sentence_across_languages_is_no_translation():
    r = relation(doc("a", STORY, "2031-03-05"), doc("b", ELSEWHERE_IN_RUSSIAN, "2031-03-07", language="ru"))
    assert (r.kind, r.direction) == ("passage", "unknown")
