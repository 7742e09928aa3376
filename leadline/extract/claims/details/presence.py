"""Where and when a witness was: `He was at the ford on the night of 6 May. He says that the gunners fired.`

What a witness tells next, in the same paragraph, happened where and when they were said to have been, unless they say otherwise.
"""

from __future__ import annotations

from spacy.tokens import Span, Token

from leadline.extract.claims.details.fields import Readings
from leadline.extract.claims.lexicon import load_lexicon, rule_words
from leadline.extract.claims.sources.kinds import WITNESSES
from leadline.extract.claims.statements.lineage import Lineage

PRESENT = (WITNESSES - {"relative"}) | {"person"}
"""A mother at the gate tells of what her son lived through elsewhere."""
STATIONED = rule_words("presence.stationed")
AT = rule_words("presence.at")
ONE = rule_words("presence.one")
BACK = 3
"""Sentences over which what is told goes on from where its witness was."""


def was_there(head: Token, lineage: Lineage, r: Readings) -> Span | None:
    """The sentence that says where the witness was of whose account a clause is; None where there is none.

    Only what the clause's own sentence has the witness say: what else is told of them may be of later.
    """
    who = lineage.whos[-1] if lineage.whos else None
    if lineage.cue is None or lineage.cue.sent != head.sent:
        return None
    if who is None or who.source is not None or who.plural or who.kind not in PRESENT:
        return None
    sentence = head.sent
    for _ in range(BACK):
        if sentence.start == 0:
            return None
        sentence = r.doc[sentence.start - 1].sent
        if "\n\n" in r.text[sentence.start_char : head.idx]:
            return None
        if _places_a_witness(sentence.root):
            return sentence
    return None


def _places_a_witness(verb: Token) -> bool:
    """`He was at …`, `one of them was present at …`, `the witness was stationed near …`."""
    if verb.tag_ not in {"VBD", "VBN"} or any(c.dep_ == "neg" for c in verb.children):
        return False
    subject = next((c for c in verb.children if c.dep_ in {"nsubj", "nsubjpass"}), None)
    words = load_lexicon()
    if subject is None or not (
        subject.lower_ in ONE or (subject.tag_ == "NN" and words.kind(subject.lemma_.lower()) in PRESENT)
    ):
        return False
    if verb.lemma_ == "be":
        state = next((c for c in verb.children if c.dep_ in {"acomp", "attr"}), None)
        return state.lower_ in {"present", "there"} if state is not None else _at_a_place(verb)
    return verb.lemma_.lower() in STATIONED and _at_a_place(verb)


def _at_a_place(verb: Token) -> bool:
    return any(c.dep_ == "prep" and c.lower_ in AT for c in verb.children)
