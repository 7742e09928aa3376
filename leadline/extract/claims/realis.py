"""Realis: whether an event is told as actual, ordered, threatened, possible, generic or denied.

The cues are the codebook's. Here stands only what is grammar: what governs what, negation, imperatives, conditionals and
the habitual present.
"""

from __future__ import annotations

import msgspec
from spacy.tokens import Token

from leadline.codebook import Codebook, Pattern
from leadline.extract.claims.untrue import called_untrue
from leadline.extract.claims.words import Line, find
from leadline.schema import Realis

NEGATIONS = frozenset({"not", "n't", "never", "n’t", "no", "neither", "nor", "hardly"})
INHERENT = frozenset(
    {"refusal", "official-response", "suicidal-order", "ill-treatment", "order-to-fire", "blocking-force"}
)
"""Events whose own words hold a negation (`do not want to fight`, `without food`, `no way back`)."""
UNHURT = frozenset({"losses", "other", "public-appeal"})
"""Events that `nobody came back` tells of."""
CONTEXT = frozenset({"official-response", "public-appeal"})
"""Events that happen by being said: who calls a report untrue does not deny that it was made or answered."""
NOBODY = frozenset({"nobody", "none", "neither"})
SUBJECTS = frozenset({"nsubj", "nsubjpass"})
BEING = frozenset({"be", "have", "exist", "use", "deploy", "form"})
SHOOTING = frozenset({"shoot", "kill", "liquidate", "execute", "eliminate", "fire", "destroy"})
DONE = frozenset(
    {
        "confiscate",
        "beat",
        "shoot",
        "execute",
        "send",
        "take",
        "punish",
        "torture",
        "throw",
        "return",
        "force",
        "kill",
        "deny",
        "treat",
        "drive",
        "round",
        "catch",
        "zero",
        "nullify",
        "liquidate",
    }
)
STRONG: tuple[Realis, ...] = ("denied", "threatened", "ordered")
WEAK: tuple[Realis, ...] = ("possible", "generic")
CLIMB = frozenset(
    {
        "ccomp",
        "xcomp",
        "advcl",
        "acl",
        "relcl",
        "pcomp",
        "pobj",
        "prep",
        "dobj",
        "conj",
        "nsubj",
        "nsubjpass",
        "attr",
        "appos",
        "agent",
        "oprd",
        "compound",
        "amod",
    }
)


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
    if event not in INHERENT and (no := negated(head, within)) is not None:
        return "denied", no
    if (no := _none_of(head)) is not None and no.i not in triggered:
        return "denied", no
    if event == "refusal" and (no := _plainly_negated(head)) is not None:
        return "denied", no
    if event not in CONTEXT and (no := called_untrue(head)) is not None and no.i not in triggered:
        return "denied", no
    done = event not in INHERENT | UNHURT or (event in INHERENT and head.lemma_.lower() in DONE)
    nothing = _lacking(head) or (_of_nobody(head) if done else None)
    if nothing is not None and nothing.i not in triggered:
        return "denied", nothing
    above = _governors(head, within)
    hits: dict[Realis, Token] = {}
    for cue in cues:
        for match in find(cue.words, line):
            tokens = [line.tokens[k] for k in match.words]
            if within is not None and any(t.i not in within for t in tokens):
                continue
            if triggered.issuperset(t.i for t in tokens) and cue.code not in {"ordered", "threatened", "generic"}:
                continue
            first = next((t for t in tokens if t.pos_ != "AUX"), tokens[0])
            if cue.code == "generic" and first.dep_ == "amod" and _is_told_as_done(head):
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
        if own == "ordered" and (_habitual_condition(head) or _tells_habit(head)):
            return "generic", head
        if own == "ordered" and "possible" in hits and hits["possible"].lower_ == "possibility":
            return "possible", hits["possible"]
        return own, head
    for code in STRONG:
        if code in hits and _counts(code, event, hits[code], head):
            return code, hits[code]
    if _habitual_condition(head):
        return "generic", head
    if _is_done_to_many(head):
        return "generic", head
    if (modal := _modal(head, within)) is not None:
        return "possible", modal
    for code in WEAK:
        if code in hits and _counts(code, event, hits[code], head):
            return code, hits[code]
    return "actual", None


def negated(head: Token, within: frozenset[int] | None = None) -> Token | None:
    """The negation of a word or of the verb it belongs to."""
    verb: Token | None = head
    steps = 0
    while verb is not None and steps < 3:
        no = next(
            (
                c
                for c in verb.children
                if c.dep_ == "neg" or (c.lower_ in {"no", "never", "none"} and c.dep_ in {"det", "advmod"})
            ),
            None,
        )
        if no is not None and (within is None or no.i in within):
            return no
        up = verb.head
        if (
            up.i == verb.i
            or verb.dep_ not in {"xcomp", "dobj", "attr", "acomp", "pobj", "prep", "aux"}
            or (within is not None and up.i not in within)
        ):
            return None
        verb, steps = up, steps + 1
    return None


def _none_of(head: Token) -> Token | None:
    """`No order was given`, `there are no such units`: the event's own noun is negated."""
    if head.pos_ not in {"NOUN", "PROPN"}:
        return None
    no = next((c for c in head.children if c.lower_ == "no" and c.dep_ == "det"), None)
    return no if no is not None and head.dep_ in {"nsubj", "nsubjpass", "attr", "dobj", "ROOT"} else None


def _of_nobody(head: Token) -> Token | None:
    """`No soldier has been executed`, `none of the conscripts was beaten`: the event's verb has nobody for its subject."""
    verb = head if head.pos_ == "VERB" else head.head
    if verb.pos_ != "VERB" or (verb.i != head.i and head.dep_ not in {"conj", "xcomp"}):
        return None
    while verb.dep_ == "conj" and verb.head.pos_ == "VERB" and not any(c.dep_ in SUBJECTS for c in verb.children):
        verb = verb.head
    for subject in (c for c in verb.children if c.dep_ in SUBJECTS):
        if subject.lower_ in NOBODY:
            return subject
        no = next((c for c in subject.children if c.lower_ == "no" and c.dep_ == "det"), None)
        if no is not None or (subject.lower_ in {"one", "single"} and subject.i and subject.nbor(-1).lower_ == "not"):
            return no or subject
    return None


def _lacking(head: Token) -> Token | None:
    """`There was never any blocking detachment`, `we have no such units`: what is said not to be there."""
    if head.pos_ not in {"NOUN", "PROPN"}:
        return None
    no = next((c for c in head.children if c.lower_ == "no" and c.dep_ == "det"), None)
    verb = head.head
    if head.dep_ not in {"attr", "dobj", "nsubj"} or verb.lemma_.lower() not in BEING:
        return None
    return no or next((c for c in verb.children if c.dep_ == "neg"), None)


def _plainly_negated(head: Token) -> Token | None:
    """`do not refuse`: a negation of the refusing verb itself."""
    if head.lemma_.lower() not in {"refuse", "disobey", "desert", "decline", "reject"}:
        return None
    return next((c for c in head.children if c.dep_ == "neg"), None)


def _governors(head: Token, within: frozenset[int] | None) -> set[int]:
    """Indices of the words above a word, as far as complements, objects and modifiers lead, with their conjunctions."""
    found: set[int] = set()
    token = head
    while token.head.i != token.i and token.dep_ in CLIMB | {"ROOT"}:
        found |= {c.i for c in token.children if c.dep_ in {"mark", "aux"}}
        if within is not None and token.head.i not in within:
            break
        if (
            token.dep_ == "advcl"
            and token.head.pos_ == "VERB"
            and not any(c.dep_ == "mark" for c in token.children)
            and token.i > token.head.i
        ):
            pass
        finite = token.tag_ in {"VBZ", "VBD", "VBP"} or any(c.dep_ in SUBJECTS for c in token.children)
        skipped = token.dep_ == "conj" and token.head.pos_ in {"VERB", "AUX"} and finite
        token = token.head
        if skipped and token.head.i != token.i and token.dep_ in CLIMB:
            token = token.head  # nor do the first one's auxiliaries
            found.add(token.i)
            continue
        if skipped:
            return found | {
                head.i
            }  # `was trying to advance but suffers losses`: the first of two finite verbs does not govern the other
        if token.lower_ in {"reports", "rumours", "rumors", "allegations", "claims"}:
            break
        found.add(token.i)
    return found | {c.i for c in token.children if c.dep_ in {"mark", "aux"}} | {head.i}


def _modal(head: Token, within: frozenset[int] | None) -> Token | None:
    """A modal of doubt on the event's own verb."""
    verb = head if head.pos_ in {"VERB", "AUX"} else head.head
    for c in verb.children:
        if (
            c.dep_ == "aux"
            and c.lower_ in {"may", "might", "could", "would", "’d", "'d"}
            and (within is None or c.i in within)
        ):
            if any(g.dep_ == "neg" for g in verb.children):
                return None
            return c
    return None


def _is_told_as_done(head: Token) -> bool:
    """Whether the verb above an event's noun stands in the past or the perfect."""
    verb = next((t for t in (head, *head.ancestors) if t.pos_ == "VERB"), None)
    return verb is not None and (
        verb.tag_ == "VBD" or any(c.dep_ == "aux" and c.lemma_.lower() == "have" for c in verb.children)
    )


def _habitual_condition(head: Token) -> bool:
    """`If someone runs, we shoot`: a condition with a doer in the plain present tells a habit, without a doer an order."""
    verb = head if head.pos_ in {"VERB", "AUX"} else head.head
    conditions = [
        c
        for c in verb.children
        if c.dep_ == "advcl" and any(g.lower_ in {"if", "when", "whenever"} for g in c.children)
    ]
    subject = next((c for c in verb.children if c.dep_ == "nsubj"), None)
    if conditions and subject is not None and subject.lower_ not in {"you", "anyone"} and verb.tag_ in {"VBP", "VBZ"}:
        return not any(c.dep_ == "aux" and c.lower_ not in {"do", "does"} for c in verb.children)
    return False


def _tells_habit(head: Token) -> bool:
    """`They shoot whoever runs`: a doer in the plain present tells what is done, not an order."""
    verb = head
    while (
        verb.dep_ == "conj" and verb.head.pos_ in {"VERB", "AUX"} and not any(c.dep_ == "nsubj" for c in verb.children)
    ):
        verb = verb.head
    subject = next((c for c in verb.children if c.dep_ == "nsubj"), None)
    return (
        subject is not None
        and subject.lower_ != "you"
        and head.tag_ in {"VBP", "VBZ"}
        and head.lemma_.lower() in SHOOTING
    )


def _is_done_to_many(head: Token) -> bool:
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
    return subject.tag_ == "NNS" or subject.lower_ in {"those", "all"}


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
    if code == "threatened":
        return event in {"threat", "execution", "order-to-fire", "prosecution", "mutiny"}
    if code == "possible":
        if cue.lower_ in {"if", "unless", "whether"}:
            return event not in {"order-to-fire", "threat"}
        if event in {"refusal", "public-appeal", "threat", "forced-return"} and cue.lemma_.lower() in {
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
