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
REFUSING = frozenset({"refuse", "disobey", "desert", "decline", "reject"})
HURT = frozenset({"kill", "wound", "injure", "die"})
"""Events that `nobody came back` tells of."""
CONTEXT = frozenset({"official-response", "public-appeal"})
"""Events that happen by being said: who calls a report untrue does not deny that it was made or answered."""
NOBODY = frozenset({"nobody", "none", "neither", "no-one"})
BACK = frozenset({"return", "come", "make", "survive", "live", "get"})
"""Losses are told by what did not happen (`had not come back`)."""
HARM = frozenset(
    {"beat", "shoot", "punish", "torture", "kill", "execute", "liquidate", "hit", "strike", "abuse", "mistreat"}
)
"""What nobody tells of as ill-treatment where it is negated (`had never punished anyone`)."""
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
ORDERS = frozenset({"order", "instruction", "directive", "circular", "task", "command"})
TELLING = frozenset({"tell", "say", "read", "require", "demand", "instruct", "assign", "oblige", "direct"})
ANYONE = frozenset({"those", "anyone", "everyone", "anybody", "everybody", "whoever"})
ROUND = frozenset({"day", "night", "morning", "evening", "week", "month", "time", "hour", "afternoon"})
ASKING = frozenset({"why", "how", "what", "where", "which", "who"})
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
    if head.dep_ in {"aux", "auxpass"}:
        head = head.head  # `been detained`
    if event not in INHERENT | CONTEXT and (no := negated(head, within)) is not None:
        if event != "losses" or head.lemma_.lower() not in BACK:
            return "denied", no
    if event in {"ill-treatment", "order-to-fire"} and head.lemma_.lower() in HARM and (no := _plain_negation(head)):
        return "denied", no
    if (no := _none_of(head)) is not None and no.i not in triggered:
        return "denied", no
    refuses = head.lemma_.lower() in REFUSING
    if event == "refusal" and refuses and (no := _plain_negation(head)) is not None:
        return "denied", no
    if event not in CONTEXT and (no := called_untrue(head)) is not None and no.i not in triggered:
        return "denied", no
    done = event not in INHERENT | UNHURT or (event in INHERENT and head.lemma_.lower() in DONE)
    done = done or (event == "refusal" and refuses) or (event == "losses" and head.lemma_.lower() in HURT)
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
            if cue.code == "possible" and any(_is_had(t) for t in tokens):
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
        if own == "ordered" and "denied" in hits and hits["denied"].i in above - {head.i}:
            return "denied", hits["denied"]  # `rejected rumours that they had been told to shoot`
        if own == "ordered" and (_habitual_condition(head) or _tells_habit(head)):
            return "generic", head
        if own == "ordered" and "possible" in hits and hits["possible"].lower_ == "possibility":
            return "possible", hits["possible"]
        return own, head
    for code in STRONG:
        if code in hits and _counts(code, event, hits[code], head):
            return code, hits[code]
    if event in COMMANDED and (bidden := _bidden(head, within)) is not None:
        return "ordered", bidden
    if event == "threat" and ("possible" not in hits or hits["possible"].pos_ != "NOUN"):
        return "threatened", head
    if _habitual_condition(head):
        return "generic", head
    if _is_done_to_many(head) or _befalls_any(head):
        return "generic", head
    if event != "losses" and (often := _is_used_to(head)) is not None:
        return "generic", often
    if (modal := _modal(head, within)) is not None and event not in CONTEXT:
        return "possible", modal
    for code in WEAK:
        if code in hits and _counts(code, event, hits[code], head):
            return code, hits[code]
    return "actual", None


def _is_had(token: Token) -> bool:
    """Whether `'d` is short for `had` (`they'd been flogged`)."""
    return token.lower_ in {"'d", "’d"} and token.head.tag_ in {"VBN", "VBD"}


def _bidden(head: Token, within: frozenset[int] | None) -> Token | None:
    """`Send them forward`, `forty men were to take a ridge`, `the order tells the company to hold`: what is ordered without a verb of ordering above it."""
    verb = (
        head if head.pos_ in {"VERB", "AUX"} else next((a for a in head.ancestors if a.pos_ in {"VERB", "AUX"}), head)
    )
    first = verb
    while first.dep_ == "conj" and first.head.tag_ == verb.tag_ and not any(c.dep_ in SUBJECTS for c in first.children):
        first = first.head
    if verb.tag_ == "VB":
        helpers = {c.lower_ for c in first.children if c.dep_ in {"aux", "auxpass"}}
        alone = not helpers and not any(c.dep_ in SUBJECTS | {"expl", "neg"} for c in first.children)
        if within is not None and alone and first.dep_ in {"ROOT", "ccomp", "parataxis"}:
            return verb
        up = first.head
        if (
            verb.i == head.i
            and "to" in helpers
            and first.dep_ == "xcomp"
            and up.lemma_ == "be"
            and up.tag_ in {"VBD", "VBZ", "VBP"}
        ):
            return up
    subject = next((c for a in (verb, verb.head) for c in a.children if c.dep_ == "nsubj"), None)
    speaks = verb if verb.lemma_.lower() in TELLING else verb.head
    if (
        subject is not None
        and subject.lemma_.lower() in ORDERS
        and speaks.lemma_.lower() in TELLING
        and speaks.i == subject.head.i
    ):
        return subject
    return None


def denies(cue: Token, head: Token) -> bool:
    """Whether a verb of denying reaches an event's word: not its own, nor what is only told of somebody (`dismissed a colonel who had …`)."""
    between = [head]
    while between[-1].head.i not in {cue.i, between[-1].i}:
        between.append(between[-1].head)
    return head.i != cue.i and not any(stands_as_fact(t) for t in between)


def negated(head: Token, within: frozenset[int] | None = None) -> Token | None:
    """The negation of a word or of the verb it belongs to."""
    verb: Token | None = head
    steps = 0
    while verb is not None and steps < 3:
        no = next(
            (
                c
                for c in verb.children
                if (c.dep_ == "neg" and (c.i < verb.i or verb.pos_ == "AUX"))  # `12 were killed, not 34`
                or (c.lower_ in {"no", "never", "none"} and c.dep_ in {"det", "advmod"})
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
    verb = head if head.pos_ == "VERB" or head.dep_ not in {"pobj", "dobj"} else _bearer(head)
    verb = verb if verb.pos_ == "VERB" else head.head
    if verb.pos_ != "VERB" or (verb.i != head.i and head.dep_ not in {"conj", "xcomp", "pobj", "dobj"}):
        return None
    while verb.dep_ == "conj" and verb.head.pos_ == "VERB" and not any(c.dep_ in SUBJECTS for c in verb.children):
        verb = verb.head
    for subject in (c for c in verb.children if c.dep_ in SUBJECTS):
        if subject.lower_ in NOBODY:
            return subject
        no = next((c for c in subject.children if c.lower_ == "no" and c.dep_ == "det"), None)
        counted = next((c for c in subject.children if c.dep_ == "nummod" and c.i < subject.i), subject)
        if no is not None or (counted.lower_ in {"one", "single"} and counted.i and counted.nbor(-1).lower_ == "not"):
            return no or counted
    return None


def _bearer(noun: Token) -> Token:
    """The verb of which a noun is an object, also behind a preposition (`subjected to force`)."""
    over = noun.head.head if noun.dep_ == "pobj" else noun.head
    return over if over.pos_ == "VERB" else noun


def _lacking(head: Token) -> Token | None:
    """`There was never any blocking detachment`, `we have no such units`: what is said not to be there."""
    if head.pos_ not in {"NOUN", "PROPN"}:
        return None
    no = next((c for c in head.children if c.lower_ == "no" and c.dep_ == "det"), None)
    verb = head.head
    if head.dep_ not in {"attr", "dobj", "nsubj"} or verb.lemma_.lower() not in BEING:
        return None
    return no or next((c for c in verb.children if c.dep_ == "neg"), None)


def _plain_negation(head: Token) -> Token | None:
    """`do not refuse`: a negation of the verb itself."""
    return next((c for c in head.children if c.dep_ == "neg"), None)


def _governors(head: Token, within: frozenset[int] | None) -> set[int]:
    """Indices of the words above a word, as far as complements, objects and modifiers lead, with their conjunctions."""
    found: set[int] = set()
    token = head
    while token.head.i != token.i and token.dep_ in CLIMB | {"ROOT"}:
        found |= {c.i for c in token.children if c.dep_ in {"mark", "aux"}}
        if within is not None and token.head.i not in within:
            break
        if stands_as_fact(token):
            break
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


def stands_as_fact(verb: Token) -> bool:
    """Whether a clause in the past tells what was, whatever governs the words that it describes, dates or asks about.

    `A colonel who had put …`, `as in 2017, when gangs took …`, `could not say why they were locked up`.
    """
    if verb.pos_ not in {"VERB", "AUX"}:
        return False
    past = verb.tag_ == "VBD" or any(c.dep_ in {"aux", "auxpass"} and c.tag_ == "VBD" for c in verb.children)
    if not past or any(c.dep_ == "aux" and c.tag_ == "MD" for c in verb.children):
        return False
    if verb.dep_ == "relcl":
        return True
    if verb.dep_ == "advcl":
        return any(c.lower_ in {"when", "as", "after", "since"} and c.i < verb.i for c in verb.children)
    asked = [t for t in verb.subtree if t.i < verb.i and t.tag_ in {"WRB", "WP", "WDT"} and t.lower_ in ASKING]
    return verb.dep_ == "ccomp" and any(
        t.head.i == verb.i or t.head.head.i == verb.i or t.head.head.head.i == verb.i for t in asked
    )


def _modal(head: Token, within: frozenset[int] | None) -> Token | None:
    """A modal of doubt on the event's own verb."""
    verb = head if head.pos_ in {"VERB", "AUX"} else head.head
    for c in verb.children:
        if (
            c.dep_ == "aux"
            and c.lower_ in {"may", "might", "could", "would", "’d", "'d", "will", "’ll", "'ll"}
            and not _is_had(c)
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


def _befalls_any(head: Token) -> bool:
    """`Men who refuse are separated`, `every fourth man who writes sits in a pit`: the present of whoever a relative clause in the present describes."""
    if head.pos_ != "VERB" or head.dep_ in {"relcl", "advcl"}:
        return False
    helpers = {c.lower_ for c in head.children if c.dep_ in {"aux", "auxpass"}}
    if not (helpers <= {"are", "is", "do", "does"} and (helpers or head.tag_ in {"VBP", "VBZ"})) or head.tag_ == "VBG":
        return False
    subject = next((c for c in head.children if c.dep_ in {"nsubj", "nsubjpass"}), None)
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


def _is_used_to(head: Token) -> Token | None:
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
