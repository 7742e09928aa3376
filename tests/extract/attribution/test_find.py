"""Attributions of whole texts: spans, kinds, parents, speakers, and text that is hard to read. All texts are invented."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.extract.attribution import find_attributions
from leadline.extract.parse import parse_documents
from leadline.schema import Document


def read(text, **fields):
    document = Document(**({"document": "d", "sha256": "", "text": text, "series": "d", "language": "en"} | fields))
    return find_attributions(next(parse_documents([document], entities=False)))


def words(text, spans):
    return [text[s:e] for s, e in spans]


def parts(text, **fields):
    """`(source, cue, content)` of every attribution, as words."""
    return [tuple(" … ".join(words(text, p)) for p in (a.source, a.cue, a.content)) for a in read(text, **fields)]


@pytest.mark.parametrize(
    ("text", "source", "cue", "content"),
    [
        ("The governor said that two barges had sunk.", "The governor", "said", "that two barges had sunk"),
        ("Two barges had sunk, the governor said.", "the governor", "said", "Two barges had sunk"),
        ("According to the harbour office, two barges sank.", "the harbour office", "According to", "two barges sank"),
        ("Two barges sank, according to the harbour office.", "the harbour office", "according to", "Two barges sank"),
        ("“We lost two barges,” Ona Brelk said.", "Ona Brelk", "said", "“We lost two barges,”"),
        ('"We lost two barges," said Ona Brelk, the mayor of Ostrel.', "Ona Brelk, the mayor of Ostrel", "said", '"We lost two barges,"'),
        ("Ona Brelk wrote: “We lost two barges.”", "Ona Brelk", "wrote:", "“We lost two barges.”"),
        ("The report warns that the bridge may fall.", "The report", "warns", "that the bridge may fall"),
    ],
)  # fmt: skip
def test_find_spans(text, source, cue, content):
    assert (source, cue, content) in parts(text)


def test_find_cue_inside_the_content():
    text = "“The barges,” said Ona Brelk, “were lost in the night and nobody looked for them.”"
    (found,) = [a for a in read(text) if words(text, a.cue) == ["said"]]
    assert words(text, found.content) == ["“The barges,”", "“were lost in the night and nobody looked for them.”"]
    assert found.kind == "direct"


def test_find_kinds():
    assert read("The mayor said that the bridge had fallen.")[0].kind == "indirect"
    assert read("The mayor said that the bridge was “a ruin since spring”.")[0].kind == "mixed"
    assert read("“The bridge is a ruin,” the mayor said.")[0].kind == "direct"


def test_find_quotation_over_several_paragraphs_is_one_content():
    text = "“We had no bread for a week,” Ona Brelk said. “Nobody came to us.\n\n“Then the river froze.”"
    found = read(text)[0]
    assert words(text, found.content)[-1].endswith("froze.”")
    assert words(text, found.source) == ["Ona Brelk"]


def test_find_attribution_without_a_source():
    found = [a for a in read("The bridge was reportedly destroyed in the night.") if not a.source]
    assert found
    assert found[0].speaker is None


# -- chains -----------------------------------------------------------------------------------------------------------


def chain(text, inner):
    """Sources from the outermost to that of the attribution whose content begins with `inner`."""
    by_id = {a.attribution_id: a for a in read(text)}
    innermost = min(
        (a for a in by_id.values() if text[a.content[0][0] :].startswith(inner)),
        key=lambda a: a.content[-1][1] - a.content[0][0],
    )
    found, up = [], innermost
    while up is not None:
        found.append(" ".join(words(text, up.source)))
        up = by_id[up.parent] if up.parent else None
    return found[::-1]


def test_find_speech_inside_reported_speech_has_its_parent():
    text = "The ministry said that villagers had told its inspectors that the ferry never came."
    assert chain(text, "that the ferry") == ["The ministry", "villagers"]


def test_find_maker_of_a_recording_is_the_outer_hop():
    text = "The company was ordered to cross the river, according to an intercepted call released by the border agency."
    assert chain(text, "The company was ordered")[0] == "the border agency"
    assert chain(text, "The company was ordered")[1].startswith("an intercepted call")


def test_find_cited_source_is_the_inner_hop():
    text = "The mayor said on Friday that two bridges had fallen, citing a report from the harbour office."
    hops = {a.attribution_id: a for a in read(text)}
    inner = [a for a in hops.values() if words(text, a.source) == ["the harbour office"]]
    assert inner
    assert words(text, hops[inner[0].parent].source) == ["The mayor"]


def test_find_what_others_say_inside_direct_speech_is_no_further_hop():
    text = "“They told us that the ferry would come and we waited for it,” Ona Brelk said."
    assert {tuple(words(text, a.source)) for a in read(text)} == {("Ona Brelk",)}


def test_find_ids_and_parents_are_consistent():
    text = (
        "The ministry said that villagers had told its inspectors that the ferry never came. Two barges sank, according "
        "to a report by the harbour office. “Nobody came,” Ona Brelk said."
    )
    found = read(text)
    assert [a.attribution_id for a in found] == [f"d#a{n:04d}" for n in range(1, len(found) + 1)]
    ids = {a.attribution_id for a in found}
    assert all(a.parent is None or (a.parent in ids and a.parent != a.attribution_id) for a in found)
    assert read(text) == found


# -- layout -----------------------------------------------------------------------------------------------------------


def test_find_signed_quotations():
    text = "“The river took the whole mill and half of the road with it.”\n― Ona Brelk, 71, miller"
    assert parts(text) == [
        ("Ona Brelk, 71, miller", "―", "“The river took the whole mill and half of the road with it.”")
    ]


def test_find_headline_with_a_dash_is_not_signed():
    text = "“The mill is gone” — Mayor tells council that the river took it"
    assert all(cue != "—" for _, cue, _ in parts(text))


def test_find_transcript_labels():
    text = "BRELK: The mill is gone.\n\nVARDO: Who saw it?\n\nBRELK: The ferryman did, and his son."
    assert [(s, c) for s, c, _ in parts(text)] == [("BRELK", ":"), ("VARDO", ":"), ("BRELK", ":")]
    assert parts(text)[2][2] == "The ferryman did, and his son."


# -- hard text --------------------------------------------------------------------------------------------------------


def test_find_words_glued_at_quotation_marks():
    text = "There were no beds in the cellar, and nobody was let out.“We slept on the planks,”a conscript from Ostrel told the channel."
    assert any(s == "a conscript from Ostrel" and "slept on the planks" in t for s, _, t in parts(text))


def test_find_nothing_in_boilerplate_or_other_languages():
    text = "Subscribe now, the editor said.\n\nThe mayor said that the mill had gone."
    end = text.index("\n")
    assert [s for s, *_ in parts(text, boilerplate=((0, end),))] == ["The mayor"]
    assert read(text, language="fr") == ()
    assert read("") == ()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.sampled_from(["said", "the mayor", "“", "”", '"', "'", ",", ".", "according", "to", "that", ":", "\n\n", "—", "who", "told", "he", "\x00", "report", "by", "ofhtheir"]),
        max_size=40,
    )
)  # fmt: skip
def test_find_spans_are_in_the_text_whatever_it_is(pieces):
    text = " ".join(pieces)
    for a in read(text):
        for spans in (a.source, a.cue, a.content):
            assert list(spans) == sorted(spans)
            assert all(0 <= s < e <= len(text) and text[s:e].strip() == text[s:e] for s, e in spans)
        assert a.cue
        assert a.content


@pytest.mark.parametrize("unit", ["said ", "he said that ", "“a ", "a said: “b. ", "according to "])
def test_find_time_is_linear(unit):
    def seconds(n):
        text = unit * n
        start = time.process_time()
        read(text)
        return time.process_time() - start

    seconds(20)
    assert seconds(1000) < 5 * 3 * max(seconds(200), 0.05)
