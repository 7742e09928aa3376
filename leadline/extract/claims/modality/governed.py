"""What governs an event's word: the verbs above it, its modal, an order that has no verb of ordering."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.coded.grammar import NOUN_SUBJECTS, subject_of
from leadline.extract.claims.lexicon import load_lexicon, rule_words

ORDERS = rule_words("governed.orders")
TELLING = rule_words("governed.telling")
ASKING = frozenset({"why", "how", "what", "where", "which", "who"})
WARNING = frozenset({"tell", "warn", "inform"})
WARNED = frozenset({"him", "her", "them", "me", "us"})
THEY = frozenset({"they", "he", "she", "anyone", "anybody", "whoever", "those"})
THEIR = frozenset({"their", "his", "her"})
FINITE = frozenset({"VBZ", "VBD", "VBP"})
PHASES = rule_words("governed.phases")
ASSERTING = rule_words("governed.asserting")
MODALS = frozenset({"will", "would", "could", "’ll", "'ll", "’d", "'d"})
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


def governors(head: Token, within: frozenset[int] | None) -> set[int]:
    """Indices of the words above a word, as far as complements, objects and modifiers lead, with their conjunctions."""
    found: set[int] = set()
    token = head
    while token.head.i != token.i and token.dep_ in CLIMB | {"ROOT"}:
        found |= {c.i for c in token.children if c.dep_ in {"mark", "aux"}}
        if within is not None and token.head.i not in within:
            break
        if stands_as_fact(token):
            break
        finite = token.tag_ in FINITE or any(
            c.dep_ in NOUN_SUBJECTS or (c.dep_ in {"aux", "auxpass"} and c.tag_ in FINITE) for c in token.children
        )
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
    return verb.dep_ == "ccomp" and any(verb.i in {t.head.i, t.head.head.i, t.head.head.head.i} for t in asked)


def modal_of(head: Token, within: frozenset[int] | None) -> Token | None:
    """A modal of doubt on the event's own verb, or on the one that only opens or frames it (`will begin arresting them`, `will be put before a court`)."""
    verb = head if head.pos_ in {"VERB", "AUX"} else head.head
    while verb.pos_ == "ADP" and verb.dep_ in {"prep", "agent"}:
        verb = verb.head
    while verb.dep_ == "xcomp" and verb.head.lemma_.lower() in PHASES:
        verb = verb.head
    for c in verb.children:
        if (
            c.dep_ == "aux"
            and c.lower_ in MODALS | {"may", "might"}
            and not is_had(c)
            and (within is None or c.i in within)
        ):
            return None if any(g.dep_ == "neg" for g in verb.children) else c
    return None


def says_nothing_of(modal: Token, head: Token) -> bool:
    """Whether a modal belongs to a refusal (`would not board`) or to who reports (`could confirm that …`), and so makes nothing possible."""
    verb = modal.head
    if modal.tag_ != "MD":
        return False
    if modal.lower_ in MODALS and any(c.dep_ == "neg" for c in verb.children):
        return True
    return verb.i != head.i and verb.lemma_.lower() in ASSERTING


def is_had(token: Token) -> bool:
    """Whether `'d` is short for `had` (`they'd been flogged`)."""
    return token.lower_ in {"'d", "’d"} and token.head.tag_ in {"VBN", "VBD"}


def bidden(head: Token, within: frozenset[int] | None) -> Token | None:
    """`Send them forward`, `forty men were to take a ridge`, `the order tells the company to hold`: what is ordered without a verb of ordering above it."""
    verb = (
        head if head.pos_ in {"VERB", "AUX"} else next((a for a in head.ancestors if a.pos_ in {"VERB", "AUX"}), head)
    )
    first = verb
    while (
        first.dep_ == "conj"
        and (first.head.tag_ == verb.tag_ or {first.head.tag_, verb.tag_} == {"VBN", "VBD"})
        and not any(c.dep_ in NOUN_SUBJECTS for c in first.children)
    ):
        first = first.head
    if verb.tag_ == "VB" or (first.tag_ == "VBN" and any(c.lower_ == "to" for c in first.children)):
        helpers = {c.lower_ for c in first.children if c.dep_ in {"aux", "auxpass"}}
        alone = not helpers and not any(c.dep_ in NOUN_SUBJECTS | {"expl", "neg"} for c in first.children)
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


def warning(head: Token) -> Token | None:
    """`They were told that they would be tried`: what those concerned are told will or could be."""
    verb = (
        head if head.pos_ in {"VERB", "AUX"} else next((a for a in head.ancestors if a.pos_ in {"VERB", "AUX"}), head)
    )
    if not any(c.dep_ == "aux" and c.lower_ in MODALS and not is_had(c) for c in verb.children):
        return None
    while verb.dep_ == "conj" and verb.head.pos_ in {"VERB", "AUX"}:
        verb = verb.head
    telling = verb.head
    if verb.dep_ != "ccomp" or telling.lemma_.lower() not in WARNING:
        return None
    told = [c for c in telling.children if c.dep_ in {"dobj", "dative"}]
    passive = any(c.dep_ == "auxpass" for c in telling.children)
    return telling if passive or any(c.lower_ in WARNED or _is_meant(c, verb) for c in told) else None


def _is_meant(told: Token, verb: Token) -> bool:
    """Whether those who are told something are those whom it would befall: `told the deserters that they would be sent north`, `warned recruits that their families …`."""
    subject = subject_of(verb)
    owners = () if subject is None else (c.lower_ for c in subject.children if c.dep_ == "poss")
    meant = subject is not None and (subject.lower_ in THEY or any(o in THEIR for o in owners))
    return meant and load_lexicon().kind(told.lemma_.lower()) in {"soldier", "relative"}
