"""Habits: whether a clause tells what is usually done, by its tense and by whom it speaks of."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.coded.grammar import active_subject, subject_of
from leadline.extract.claims.lexicon import rule_words

ANYONE = frozenset({"those", "anyone", "everyone", "anybody", "everybody", "whoever"})
STATES = rule_words("habits.states")
SHARES = frozenset({"most", "many", "some", "others"})
ROUND = rule_words("habits.round")
SHOOTING = rule_words("habits.shooting")
DONE = rule_words("habits.done")


def is_told_as_done(head: Token) -> bool:
    """Whether the verb above an event's noun stands in the past or the perfect."""
    verb = next((t for t in (head, *head.ancestors) if t.pos_ == "VERB"), None)
    return verb is not None and (
        verb.tag_ == "VBD" or any(c.dep_ == "aux" and c.lemma_.lower() == "have" for c in verb.children)
    )


def has_habitual_condition(head: Token) -> bool:
    """`If someone runs, we shoot`: a condition with a doer in the plain present tells a habit, without a doer an order."""
    verb = head if head.pos_ in {"VERB", "AUX"} else head.head
    conditions = [
        c
        for c in verb.children
        if c.dep_ == "advcl" and any(g.lower_ in {"if", "when", "whenever"} for g in c.children)
    ]
    subject = active_subject(verb)
    if conditions and subject is not None and subject.lower_ not in {"you", "anyone"} and verb.tag_ in {"VBP", "VBZ"}:
        return not any(c.dep_ == "aux" and c.lower_ not in {"do", "does"} for c in verb.children)
    return False


def tells_habit(head: Token) -> bool:
    """`They shoot whoever runs`: a doer in the plain present tells what is done, not an order."""
    verb = head
    while (
        verb.dep_ == "conj" and verb.head.pos_ in {"VERB", "AUX"} and not any(c.dep_ == "nsubj" for c in verb.children)
    ):
        verb = verb.head
    subject = active_subject(verb)
    return (
        subject is not None
        and subject.lower_ != "you"
        and head.tag_ in {"VBP", "VBZ"}
        and head.lemma_.lower() in SHOOTING
    )


def is_done_to_many(head: Token) -> bool:
    """`Phones are confiscated`, `anyone who refuses is shot`: the plain present passive of a plural tells what is usually done."""
    aux = [c for c in head.children if c.dep_ in {"aux", "auxpass"}]
    subject = next((c for c in head.children if c.dep_ in {"nsubjpass", "csubjpass"}), None)
    if head.tag_ != "VBN" or subject is None or [c.lower_ for c in aux] not in (["are"], ["is"]):
        return False
    described = any(c.dep_ == "relcl" for c in subject.children)
    if subject.dep_ == "csubjpass" or (described and subject.lower_ in {"those", "anyone", "everyone"}):
        return True  # `whoever refuses is put in the pit`
    if head.lemma_.lower() not in DONE:
        return False
    if aux[0].lower_ == "is":
        return subject.lower_ in {"anyone", "everyone", "whoever"}
    counted = any(c.dep_ == "nummod" for c in subject.children)  # `two men are chained in a pit`
    return (subject.tag_ == "NNS" and not counted) or subject.lower_ in {"those", "all"}


def befalls_any(head: Token) -> bool:
    """`Men who refuse are separated`, `every fourth man who writes sits in a pit`: the present of whoever a relative clause in the present describes."""
    if head.pos_ != "VERB" or head.dep_ in {"relcl", "advcl"}:
        return False
    helpers = {c.lower_ for c in head.children if c.dep_ in {"aux", "auxpass"}}
    if not (helpers <= {"are", "is", "do", "does"} and (helpers or head.tag_ in {"VBP", "VBZ"})) or head.tag_ == "VBG":
        return False
    subject = subject_of(head)
    if subject is None:
        return False
    before = {c.lower_ for c in subject.children if c.dep_ in {"det", "poss", "nummod"}}
    meant = subject.lower_ in ANYONE or before & {"every", "any", "each"} or (subject.tag_ == "NNS" and not before)
    return bool(meant) and any(
        c.dep_ == "relcl"
        and (
            c.tag_ in {"VBP", "VBZ"}
            or any(a.tag_ in {"VBP", "VBZ"} for a in c.children if a.dep_ in {"aux", "auxpass"})
        )
        for c in subject.children
    )


def is_of_whoever(head: Token) -> bool:
    """`Pours water over everyone who complains`, `who does not go is tied to a tree`: the present of whoever it befalls or does it."""
    verb = _in_present(head)
    if verb is None:
        return False
    clause = next((c for c in verb.children if c.dep_ in {"csubj", "csubjpass"}), None)
    if clause is not None and clause.left_edge.lower_ in {"who", "whoever"}:
        return True
    objects = [c for c in verb.children if c.dep_ in {"dobj", "dative"}]
    objects += [o for c in verb.subtree if c.dep_ == "prep" for o in c.children if o.dep_ == "pobj"]
    return any(
        o.i > verb.i and _means_anyone(o) and any(c.dep_ == "relcl" and _is_present(c) for c in o.children)
        for o in objects
    )


def is_of_most(head: Token) -> bool:
    """`Most of those convicted are sent back`, `some are shot`: what the present tells of a share of many."""
    verb = _in_present(head)
    subject = subject_of(verb) if verb is not None else None
    if subject is None or verb is None or verb.lemma_.lower() in STATES:
        return False
    return subject.lower_ in SHARES or any(c.lower_ in {"most", "many"} and c.dep_ == "amod" for c in subject.children)


def _in_present(head: Token) -> Token | None:
    """An event's verb, or the one that it is an object of, where that stands in the plain present; of verbs set side by side, the one with the subject."""
    verb = next((t for t in (head, *head.ancestors) if t.pos_ in {"VERB", "AUX"}), None)
    if verb is None or verb.tag_ == "VBG" or not _is_present(verb):
        return None
    while (
        verb.dep_ == "conj"
        and verb.head.pos_ in {"VERB", "AUX"}
        and not any(c.dep_ in {"nsubj", "nsubjpass"} for c in verb.children)
    ):
        verb = verb.head
    return verb


def _is_present(verb: Token) -> bool:
    helpers = [c for c in verb.children if c.dep_ in {"aux", "auxpass"}]
    if any(c.tag_ in {"MD", "VBD"} or c.lower_ in {"have", "has", "to"} for c in helpers):
        return False
    return verb.tag_ in {"VBP", "VBZ"} or any(c.tag_ in {"VBP", "VBZ"} for c in helpers)


def _means_anyone(noun: Token) -> bool:
    return noun.lower_ in ANYONE or any(c.lower_ in {"every", "any", "each"} for c in noun.children if c.dep_ == "det")


def is_used_to(head: Token) -> Token | None:
    """`Used to beat us`, `are thrown at it every morning`: what is told as going on and on."""
    verb = (
        head if head.pos_ in {"VERB", "AUX"} else next((a for a in head.ancestors if a.pos_ in {"VERB", "AUX"}), head)
    )
    if verb.dep_ == "xcomp" and verb.head.lower_ == "used" and any(c.lower_ == "to" for c in verb.children):
        return verb.head
    if verb.tag_ not in {"VBP", "VBZ", "VBN", "VBG"} or any(
        c.lower_ in {"was", "were", "had", "has", "have"} for c in verb.children
    ):
        return None
    return next(
        (
            d
            for c in verb.children
            if c.dep_ == "npadvmod" and c.lemma_.lower() in ROUND
            for d in c.children
            if d.dep_ == "det" and d.lower_ in {"every", "each"}
        ),
        None,
    )
