"""Whether an event's words have the doer and the object that its trigger asks for."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.codebook import Pattern
from leadline.extract.claims.coded.grammar import agents, is_passive, patients
from leadline.extract.claims.coded.segments import SUBJECTS
from leadline.extract.claims.coded.triggers import Rule
from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.words import find, line_of, occurs

PRONOUNS = frozenset(
    {
        "i", "we", "us", "you", "he", "him", "she", "they", "them", "it", "who", "that", "which", "one", "ones", "these", "those", "this",
        "all", "both", "others", "another",
    }
)  # fmt: skip
PERSON_FACTOR = 0.75
"""A named person may be a soldier or a minister: such a doer weakens a trigger."""
AMOUNTS = frozenset(
    {"many", "some", "other", "most", "those", "all", "half", "several", "number", "dozen", "hundred", "thousand"}
)
QUANTITIES = frozenset({"most", "several", "few", "none", "each", "half"})
PARTITIVES = rule_words("roles.partitives")


def roles_fit(rule: Rule, head: Token, tokens: tuple[Token, ...], places: frozenset[int]) -> float:
    """1 where the roles hold, less where they are uncertain, 0 where they do not."""
    factor = 1.0
    if rule.trigger.forms and form_of(head) not in rule.trigger.forms:
        return 0.0
    verb = head if head.pos_ in {"VERB", "AUX"} else next((t for t in tokens if t.pos_ == "VERB"), head)
    fillers = {"agent": agents(verb), "patient": patients(verb, tokens)}
    for role, wanted, banned in (
        ("agent", rule.agent, rule.not_agent),
        ("patient", rule.patient, rule.not_patient),
    ):
        found = fillers[role]
        if role == "agent" and wanted is not None and not found and rule.patient is None and is_passive(verb):
            return 0.0  # `the wounded were left behind` has no deserter
        if role in rule.trigger.needs and not found:
            return 0.0
        if banned is not None and any(
            fits(banned, f, places)
            and not (wanted and fits(wanted, f, places) and f.ent_type_ not in {"GPE", "PERSON"})
            for f in found
        ):
            return 0.0
        if wanted is None or not found:
            continue
        if any(fits(wanted, f, places) or f.lower_ in PRONOUNS or _is_elliptic(f) for f in found):
            continue
        if any(f.ent_type_ == "PERSON" for f in found):
            factor *= PERSON_FACTOR
            continue
        return 0.0
    return factor


def _is_elliptic(head: Token) -> bool:
    """Whether an amount stands for those spoken of (`most were sent back`, `seven were shot`)."""
    if head.dep_ not in {"nsubj", "nsubjpass"} or any(c.dep_ == "prep" for c in head.children):
        return False
    if head.dep_ == "nsubj" and head.head.tag_ == "VBN":
        return False  # `cost the regiment 70 killed`
    return head.lower_ in QUANTITIES or head.pos_ == "NUM"


def form_of(head: Token) -> str:
    """The form of a verb: imperative, infinitive, present, past or participle; empty for other words.

    A base form without a subject is an imperative, a modal makes an infinitive.
    """
    if head.pos_ not in {"VERB", "AUX"}:
        return ""
    aux = {c.lower_ for c in head.children if c.dep_ in {"aux", "auxpass"}}
    if aux >= {"to", "have"}:
        return "past"  # `claims to have taken`
    if "to" in aux or head.tag_ == "MD" or aux & {"will", "would", "can", "could", "must", "should", "may"}:
        return "infinitive"
    subject = any(c.dep_ in SUBJECTS for c in head.children)
    first = head
    while first.dep_ == "conj" and first.head.pos_ in {"VERB", "AUX"} and not subject:
        first = first.head
        subject = any(c.dep_ in SUBJECTS for c in first.children) or first.tag_ in {"VBG", "VBD", "VBN"}
    if head.tag_ in {"VB", "VBP"} and not subject:
        return "imperative"
    if head.tag_ in {"VBP", "VBZ", "VB"}:
        return "present"
    if head.tag_ == "VBD" or aux & {"have", "has", "had", "was", "were", "been"}:
        return "past"
    return "participle"


def fits(pattern: Pattern, head: Token, places: frozenset[int]) -> bool:
    """Whether the noun phrase of `head` is one that the pattern names."""
    phrase = [c for c in head.subtree if c.i <= head.i + 6 and (c.i <= head.i or c.dep_ in {"pobj", "prep", "conj"})]
    line = line_of(head.doc[head.left_edge.i : head.i + 1], places)
    owners = {x.i for c in head.lefts if c.dep_ == "poss" for x in c.subtree}
    own = line.part(t for t in line.tokens if t.i not in owners) if owners else line
    if any(any(_counts_for(own.tokens[k], head) for k in m.words) for m in find(pattern, own)):
        return True
    following = [t for t in phrase if t.i > head.i]
    if not following or head.lower_ not in PARTITIVES:
        return False
    return occurs(pattern, line_of(head.doc[head.i : following[-1].i + 1], places))


def _counts_for(token: Token, head: Token) -> bool:
    """`Many` fits by itself, but does not make `many leaders` soldiers."""
    return token.i == head.i or token.lower_ not in AMOUNTS
