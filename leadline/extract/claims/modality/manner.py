"""How the words around an event tell it: tense, mood, who does it, what governs it, as names that a taught decision weighs.

`weighed.py` weighs the names; one that none of its examples showed weighs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from leadline.extract.claims.coded.segments import SUBJECTS
from leadline.extract.claims.modality.denials import negated
from leadline.extract.claims.modality.occasions import occasions
from leadline.schema import Realis

OBJECTS = frozenset({"dobj", "dative", "attr", "oprd"})
VERBS = frozenset({"VERB", "AUX"})
ALOFT = 3
"""Verbs above an event's own whose words count."""
CONDITIONS = frozenset({"if", "when", "whenever", "unless", "once", "after", "until", "because"})
ANY = frozenset(
    {
        "any",
        "anyone",
        "anybody",
        "everyone",
        "everybody",
        "whoever",
        "all",
        "each",
        "every",
        "those",
        "many",
        "most",
        "some",
    }
)
NONE = frozenset({"no", "not", "n't", "n’t", "never", "nobody", "none", "nothing", "neither", "nor", "without"})


def manner(
    event: str,
    ruled: Realis,
    shown: Token | None,
    head: Token,
    clause: tuple[Token, ...],
    within: frozenset[int] | None,
    cue: Token | None,
) -> Iterator[str]:
    """What a claim's words show of its realis, some of it twice: `ruled` and `shown` are the rules' answer, `cue` the word that reports it."""
    verb = verb_of(head, within)
    form = form_of(verb) if verb is not None else "no verb"
    yield f"event {event}"
    yield f"rules {ruled}"
    yield f"event {event}, rules {ruled}"
    if shown is not None:
        yield f"rules {ruled} by {shown.lemma_.lower()}"
    yield f"word {head.lemma_.lower()}"
    yield f"word is {head.pos_} {head.dep_}"
    yield f"form {form}"
    yield f"event {event}, form {form}"
    doer = noun_class(subject_of(verb)) if verb is not None else "none"
    yield f"subject {doer}"
    yield f"form {form}, subject {doer}"
    if verb is not None:
        yield f"verb {verb.lemma_.lower()}"
        for c in verb.children:
            if c.dep_ in OBJECTS:
                yield f"object {noun_class(c)}"
            elif c.dep_ in {"advmod", "npadvmod"}:
                yield f"adverb {c.lemma_.lower()}"
            elif c.dep_ == "mark":
                yield f"mark {c.lower_}"
            elif c.dep_ == "advcl":
                for m in c.children:
                    if m.lower_ in CONDITIONS:
                        yield f"condition {m.lower_} {form_of(c)}"
                        yield f"condition {m.lower_}"
        yield from _above(verb, within)
        yield from occasions(event, verb, form, doer, _brought_in(verb))
    if negated(head, within) is not None:
        yield "negated"
        yield f"negated, event {event}"
    yield f"cue {cue.lemma_.lower()}" if cue is not None else "no cue"
    if cue is not None:
        yield f"cue {cue.lemma_.lower()}, form {form}"
    yield "own voice" if within is None else "reported"
    sentence = head.sent
    ends = sentence.text.rstrip(" \n\"”’'")[-1:]
    if ends == "!":
        yield "exclaimed"
    root = sentence.root
    if root.pos_ in VERBS:
        yield f"root {form_of(root)}"
    for before in (sentence.start - 1, sentence.end):
        if 0 <= before < len(head.doc):
            near = head.doc[before].sent.root
            if near.pos_ in VERBS:
                yield f"{'before' if before < sentence.start else 'after'} {form_of(near)}"
    for t in clause:
        low = t.lower_
        if low in ANY or low in NONE:
            yield f"holds {low}"
            yield f"holds {low}, event {event}"
        if t.ent_type_ in {"DATE", "TIME", "CARDINAL", "PERSON", "PERCENT"}:
            yield f"names {t.ent_type_}"
            if t.ent_type_ in {"DATE", "TIME"} and any(x.isdigit() for x in t.text):
                yield "dated"
        if t.is_alpha and t.pos_ not in {"PROPN", "DET", "PUNCT"}:
            yield f"clause {t.lemma_.lower()}"


def verb_of(head: Token, within: frozenset[int] | None) -> Token | None:
    """The verb that tells an event: its own word, or the first verb above it in the same content."""
    token = head
    while token.pos_ not in VERBS:
        if token.head.i == token.i or (within is not None and token.head.i not in within):
            return None
        token = token.head
    return token


def _brought_in(verb: Token) -> Iterator[tuple[str, str]]:
    """The prepositions under a verb, and what they bring in."""
    for c in verb.children:
        if c.dep_ == "prep":
            for noun in c.children:
                if noun.dep_ == "pobj":
                    yield c.lower_, noun_class(noun)


def _above(verb: Token, within: frozenset[int] | None) -> Iterator[str]:
    """The verbs and nouns above an event's verb, in the same content."""
    token, steps = verb, 0
    while token.head.i != token.i and steps < ALOFT and (within is None or token.head.i in within):
        link, token = token.dep_, token.head
        if token.pos_ in VERBS or token.pos_ == "NOUN":
            steps += 1
            yield f"above {token.lemma_.lower()}"
            if steps == 1:
                yield f"link {link}"
                yield f"link {link} to {token.lemma_.lower()}"
                if token.pos_ in VERBS:
                    yield f"link {link} to {form_of(token)}"
            if any(c.dep_ == "neg" for c in token.children):
                yield "above negated"
            for c in token.children:
                if c.dep_ == "mark":
                    yield f"mark above {c.lower_}"


def form_of(verb: Token) -> str:
    """Tense, aspect, voice and modal of a verb, as far as its auxiliaries show them.

    A verb that shares those of the one before (`were beaten and sent back`) has them too.
    """
    first = verb
    while (
        not any(c.dep_ in SUBJECTS or c.dep_ in {"aux", "auxpass"} for c in first.children)
        and first.dep_ == "conj"
        and first.head.pos_ in VERBS
        and first.head.tag_ == verb.tag_
    ):
        first = first.head
    helpers = [c for c in first.children if c.dep_ in {"aux", "auxpass"}]
    words = {c.lower_ for c in helpers}
    parts: list[str] = []
    modal = next((c.lemma_.lower() for c in helpers if c.tag_ == "MD"), "")
    had = bool(words & {"had"}) or (("'d" in words or "’d" in words) and verb.tag_ in {"VBN", "VBD"})
    if modal and not (modal in {"'d", "’d", "would"} and had):
        parts.append(modal)
    elif "to" in words:
        parts.append("infinitive")
    elif had:
        parts.append("had")
    elif words & {"has", "have", "'ve", "’ve"}:
        parts.append("perfect")
    elif words & {"was", "were", "did", "got"} or (not helpers and verb.tag_ == "VBD"):
        parts.append("past")
    elif words & {"is", "are", "am", "'re", "’re", "'m", "’m", "'s", "’s", "do", "does", "gets", "get"} or (
        not helpers and verb.tag_ in {"VBZ", "VBP"}
    ):
        parts.append("present")
    elif not helpers and verb.tag_ == "VB":
        parts.append("bare")
    else:
        parts.append("participle")
    if any(c.dep_ == "auxpass" for c in helpers) or (verb.tag_ == "VBN" and not helpers):
        parts.append("passive")
    if verb.tag_ == "VBG" and (
        words & {"be", "been", "is", "are", "was", "were", "am"} or any("'" in w or "’" in w for w in words)
    ):
        parts.append("going on")
    return " ".join(parts)


def subject_of(verb: Token) -> Token | None:
    """Who does what a verb says, or to whom it is done, also where the verb shares it with the one before or modifies it."""
    seen = 0
    while seen < 4:
        found = next((c for c in verb.children if c.dep_ in SUBJECTS), None)
        if found is not None:
            return verb.head if found.tag_ in {"WDT", "WP"} and verb.dep_ == "relcl" else found
        if verb.dep_ in {"acl", "relcl"}:
            return verb.head
        if verb.dep_ not in {"conj", "xcomp", "advcl"} or verb.head.pos_ not in VERBS:
            return None
        verb, seen = verb.head, seen + 1
    return None


def noun_class(noun: Token | None) -> str:
    """How a noun phrase points to those it means: a pronoun, a name, a quantifier, bare or definite, one or many."""
    if noun is None:
        return "none"
    if noun.pos_ == "PRON" or noun.lower_ in ANY:
        return str(noun.lower_)
    if noun.pos_ == "PROPN":
        return "name"
    if noun.pos_ in VERBS:
        return "clause"
    number = "many" if noun.tag_ in {"NNS", "NNPS"} else "one"
    before = next((c for c in noun.children if c.dep_ in {"det", "poss", "nummod", "predet"} and c.i < noun.i), None)
    if any(c.dep_ == "nummod" for c in noun.children):
        kind = "counted"
    elif before is None:
        kind = "bare"
    elif before.dep_ == "poss":
        kind = "owned"
    else:
        kind = before.lower_
    described = any(c.dep_ in {"relcl", "acl"} for c in noun.children)
    return f"{kind} {number}{' described' if described else ''}"
