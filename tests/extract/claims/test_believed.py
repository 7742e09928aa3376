"""Which clauses are believed to tell an event, and which event: what the rules propose, what trees make of it, and where they are not asked."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import numpy as np

from leadline.codebook import load_codebook
from leadline.extract.archives import arrays_of
from leadline.extract.claims import assemble
from leadline.extract.claims.coded import believed
from leadline.extract.claims.coded.believed import FILE, Belief, belief_for
from leadline.extract.claims.coded.sentences import fingerprint
from leadline.extract.claims.coded.taught import taught_for
from leadline.extract.claims.judged.trees import Trees
from leadline.extract.reading import read_document
from leadline.schema import Document

STORY = "Two conscripts were beaten with rifle butts in the cellar. The welder refused to go back to the line."
UNFORESEEN = "They went home in the spring and nobody looked for them."
"""Words that no pattern knows."""


def stump(name: str, below: float, above: float, threshold: float = 0.5) -> Trees:
    """One tree that looks at one number; chances are those of the logarithms of odds that it gives."""
    return Trees(
        names=(name,), number=np.array([0, 0, 0]), threshold=np.array([threshold, 0, 0], dtype=np.float32), left=np.array([1, 1, 2]),
        right=np.array([2, 1, 2]), value=np.array([0, below, above], dtype=np.float32), roots=np.array([0]), bias=0.0, depth=1,
    )  # fmt: skip


SURE = stump("faint", 9.0, 9.0)
OWN = stump("chosen", -9.0, 9.0)
"""The event of the rules, whatever it is."""


def told_by(belief: Belief | None, claims, text: str) -> list[tuple[str, str]]:
    with mock.patch.object(assemble, "belief_for", return_value=belief):
        return [(c.event, c.quote) for c in claims(text)]


def test_what_is_only_heard_faintly_is_told_where_it_is_believed(resources):
    taught = resources.coder.taught
    faint = replace(resources.coder, taught=replace(taught, least=np.full_like(taught.least, 1.1)))
    document = Document(document="d", sha256="", text=f"{STORY} {UNFORESEEN}", series="d", language="en")

    def tells(belief: Belief | None) -> bool:
        with mock.patch.object(assemble, "belief_for", return_value=belief):
            claims = read_document(document, replace(resources, coder=faint)).claims
        return any(c.quote.startswith("They went home") for c in claims)

    assert tells(Belief(SURE, OWN))
    assert not tells(Belief(stump("faint", 9.0, -9.0), OWN))
    assert not tells(Belief(SURE, stump("chosen", -9.0, -9.0)))  # of which event nobody could say
    assert not tells(None)


def test_what_patterns_propose_is_left_out_where_it_is_not_believed(claims):
    assert len(told_by(Belief(SURE, OWN), claims, STORY)) == 2
    assert told_by(Belief(stump("faint", -9.0, -9.0), OWN), claims, STORY) == []
    beatings = Belief(stump("event ill-treatment", -9.0, 9.0), OWN)
    assert [event for event, _ in told_by(beatings, claims, STORY)] == ["ill-treatment"]


def test_another_event_is_told_only_where_it_is_likelier_by_the_margin(claims):
    text = "The welder was locked in the cellar for refusing to go back to the line."
    (rules,) = told_by(Belief(SURE, OWN), claims, text)
    assert rules[0] == "unlawful-detention"
    assert [e for e, _ in told_by(Belief(SURE, stump("event refusal", -1.0, 1.0)), claims, text)] == ["refusal"]
    assert [e for e, _ in told_by(Belief(SURE, stump("event refusal", 0.0, 0.1)), claims, text)] == [rules[0]]


def test_trees_are_asked_only_with_the_encoder_and_the_codes_that_they_were_fitted_with():
    taught = taught_for(load_codebook(None))
    encoder = fingerprint(taught.encoder)
    assert belief_for(encoder, taught.codes) is not None
    assert belief_for(encoder, taught.codes[1:]) is None
    assert belief_for("another", taught.codes) is None
    assert belief_for("", ()) is None


def test_a_codebook_that_is_taught_nothing_tells_what_its_patterns_find(patterns_alone):
    read = read_document(Document(document="d", sha256="", text=STORY, series="d", language="en"), patterns_alone)
    assert [c.event for c in read.claims] == ["ill-treatment"]


def test_every_mark_of_the_shipped_trees_is_one_that_a_text_gives(resources):
    seen: set[str] = set()
    marks = believed.Setting.rivals

    def remember(*a):
        for rival in marks(*a):
            seen.update(rival.marks)
            yield rival

    with mock.patch.object(believed.Setting, "rivals", remember):
        read_document(Document(document="d", sha256="", text=STORY, series="d", language="en"), resources)
    known = set(str(arrays_of(FILE)["told.names"]).split("\n"))
    assert {n for n in known - seen if not n.startswith(("event ", "part "))} == set()


def test_belief_is_asked_of_the_coder_in_use(resources):
    coder = replace(resources.coder, encoder="another")
    with mock.patch.object(believed.Belief, "of", side_effect=AssertionError("asked")):
        read = read_document(
            Document(document="d", sha256="", text=STORY, series="d", language="en"), replace(resources, coder=coder)
        )
    assert [c.event for c in read.claims] == ["ill-treatment", "refusal"]
