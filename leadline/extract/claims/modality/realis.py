"""Realis: whether an event is told as actual, ordered, threatened, possible, generic or denied.

The cues are the codebook's. Here stands how they are weighed; the grammar beside: `governed`, `denials`, `habits`.
"""

from __future__ import annotations

import msgspec
from spacy.tokens import Token

from leadline.codebook import Codebook, Pattern
from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.modality.denials import lacking, negated, none_of, of_nobody, plain_negation
from leadline.extract.claims.modality.governed import bidden, governors, is_had, modal_of, says_nothing_of, warning
from leadline.extract.claims.modality.habits import (
    DONE,
    befalls_any,
    has_habitual_condition,
    is_done_to_many,
    is_of_most,
    is_of_whoever,
    is_told_as_done,
    is_used_to,
    tells_habit,
)
from leadline.extract.claims.modality.untrue import called_untrue
from leadline.extract.claims.words import Line, find
from leadline.schema import Realis

INHERENT = frozenset(
    {"refusal", "official-response", "suicidal-order", "ill-treatment", "order-to-fire", "blocking-force"}
)
"""Events whose own words hold a negation (`do not want to fight`, `without food`, `no way back`)."""
UNHURT = frozenset({"losses", "other", "public-appeal"})
REFUSING = rule_words("realis.refusing")
HURT = rule_words("realis.hurt")
"""Events that `nobody came back` tells of."""
CONTEXT = frozenset({"official-response", "public-appeal"})
"""Events that happen by being said: who calls a report untrue does not deny that it was made or answered."""
BACK = rule_words("realis.back")
"""Losses and desertions are told by what did not happen (`had not come back`)."""
RELEASED = rule_words("realis.released")
"""So is detention (`had not been let out`)."""
HARM = rule_words("realis.harm")
COMMANDED = frozenset(
    {
        "forced-return",
        "suicidal-order",
        "execution",
        "ill-treatment",
        "unlawful-detention",
        "order-to-fire",
        "blocking-force",
    }
)
"""What commanders order others to do."""
POSTING = rule_words("realis.posting")
STRONG: tuple[Realis, ...] = ("denied", "threatened", "ordered")
WEAK: tuple[Realis, ...] = ("possible", "generic")


class CueRule(msgspec.Struct, frozen=True):
    """A realis cue ready for matching."""

    code: Realis
    words: Pattern
    scope: str


def compile_cues(book: Codebook) -> tuple[CueRule, ...]:
    """The realis cues of a codebook."""
    return tuple(CueRule(r.code, book.pattern(c.words), c.scope) for r in book.file.realis for c in r.cues)


def read_realis(
    event: str,
    own: Realis | None,
    head: Token,
    clause: tuple[Token, ...],
    line: Line,
    cues: tuple[CueRule, ...],
    within: frozenset[int] | None,
    triggered: frozenset[int],
) -> tuple[Realis, Token | None]:
    """The realis of an event and the word that shows it.

    `own` is the realis that the trigger itself carries, `head` its governing word, `within` the content in which the
    claim stands: a cue outside it belongs to the one who reports.
    """
    inside = {t.i for t in clause}
    if head.dep_ in {"aux", "auxpass"}:
        head = head.head  # `been detained`
    lost = _by_absence(event, head)
    if event not in INHERENT | CONTEXT and not lost and (no := negated(head, within)) is not None:
        return "denied", no
    if event in {"ill-treatment", "order-to-fire"} and head.lemma_.lower() in HARM and (no := plain_negation(head)):
        return "denied", no
    if (no := none_of(head)) is not None and no.i not in triggered:
        return "denied", no
    refuses = head.lemma_.lower() in REFUSING
    if event == "refusal" and refuses and (no := plain_negation(head)) is not None:
        return "denied", no
    if event not in CONTEXT and (no := called_untrue(head)) is not None and no.i not in triggered:
        return "denied", no
    done = event not in INHERENT | UNHURT or (event in INHERENT and head.lemma_.lower() in DONE)
    done = done or (event == "blocking-force" and head.lemma_.lower() in POSTING)
    done = done or (event == "refusal" and refuses) or (event == "losses" and head.lemma_.lower() in HURT)
    nothing = lacking(head) or (of_nobody(head) if done else None)
    if nothing is not None and nothing.i not in triggered:
        return "denied", nothing
    above = governors(head, within)
    hits: dict[Realis, Token] = {}
    for cue in cues:
        for match in find(cue.words, line):
            tokens = [line.tokens[k] for k in match.words]
            if within is not None and any(t.i not in within for t in tokens):
                continue
            if triggered.issuperset(t.i for t in tokens) and cue.code not in {"ordered", "threatened", "generic"}:
                continue
            if cue.code == "possible" and any(is_had(t) or says_nothing_of(t, head) for t in tokens):
                continue
            first = next((t for t in tokens if t.pos_ != "AUX"), tokens[0])
            if cue.code == "generic" and first.dep_ == "amod" and is_told_as_done(head):
                continue  # `has carried out widespread torture`
            if cue.scope == "governs":
                ok = any(t.i in above for t in tokens) or (
                    cue.code == "generic" and triggered.issuperset(t.i for t in tokens)
                )
            elif cue.scope == "clause":
                ok = all(t.i in inside for t in tokens) and (first.pos_ != "ADV" or first.head.i in above)
            else:
                ok = True
            if ok and cue.code not in hits:
                hits[cue.code] = first
    if own is not None:
        if own == "ordered" and "denied" in hits and hits["denied"].i in above - {head.i}:
            return "denied", hits["denied"]  # `rejected rumours that they had been told to shoot`
        if own == "ordered" and (has_habitual_condition(head) or tells_habit(head)):
            return "generic", head
        if own == "ordered" and "possible" in hits and hits["possible"].lower_ == "possibility":
            return "possible", hits["possible"]
        return own, head
    for code in STRONG:
        if code in hits and _counts(code, event, hits[code], head):
            return code, hits[code]
    if event in COMMANDED and (order := bidden(head, within)) is not None:
        return "ordered", order
    if event == "order-to-fire":
        return "ordered", head
    if event not in CONTEXT and (warned := warning(head)) is not None:
        return "threatened", warned
    if event == "threat" and ("possible" not in hits or hits["possible"].pos_ != "NOUN"):
        return "threatened", head
    if has_habitual_condition(head):
        return "generic", head
    if is_done_to_many(head) or befalls_any(head) or is_of_whoever(head) or is_of_most(head):
        return "generic", head
    if event != "losses" and (often := is_used_to(head)) is not None:
        return "generic", often
    if (modal := modal_of(head, within)) is not None and event not in CONTEXT:
        return "possible", modal
    for code in WEAK:
        if code in hits and _counts(code, event, hits[code], head):
            return code, hits[code]
    return "actual", None


def _by_absence(event: str, head: Token) -> bool:
    """Whether an event is told by what did not happen: `had not come back`, `has not been let out`."""
    word = head.lemma_.lower()
    return (event in {"losses", "desertion"} and word in BACK) or (event == "unlawful-detention" and word in RELEASED)


def _counts(code: str, event: str, cue: Token, head: Token) -> bool:
    """Whether a cue's code is possible for an event: a refusal of an order is no ordered refusal."""
    if code == "ordered":
        if cue.lemma_.lower() in {"tell", "direct", "urge"} and not any(c.dep_ == "xcomp" for c in cue.children):
            return False  # `told the station that men were shot`
        if event in {
            "refusal",
            "public-appeal",
            "desertion",
            "mutiny",
            "execution",
            "official-response",
            "losses",
            "prosecution",
            "ill-treatment",
        }:
            return event in {"execution", "ill-treatment"} and cue.pos_ == "VERB" and cue.i < head.i
        return cue.pos_ == "VERB" or event in {"blocking-force", "suicidal-order"}
    if code == "denied":
        return event not in CONTEXT
    if code == "threatened":
        return event in {"threat", "execution", "order-to-fire", "prosecution", "mutiny"}
    if code == "possible":
        if cue.lower_ in {"if", "unless", "whether"}:
            return event not in {"order-to-fire", "threat"}
        if cue.lemma_.lower() == "consider" and cue.tag_ == "VBN":
            return False  # `considered the leader`
        if cue.lemma_.lower() in {"allow", "enable", "permit"}:
            return cue.tag_ in {"VBZ", "VBP", "VB"}  # `this allows them to send`; what was allowed was done
        if event in {"refusal", "public-appeal", "threat", "forced-return", "desertion"} and cue.lemma_.lower() in {
            "want",
            "seek",
            "try",
            "plan",
            "intend",
            "consider",
            "aim",
            "hope",
        }:
            return False
        return bool(cue.lemma_.lower() != "expect" or cue.i != head.i)
    if code == "generic":
        return event not in {"public-appeal"} or cue.lower_ in {"often", "regularly", "usually"}
    return True
