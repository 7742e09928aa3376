"""Who stands outside a source and behind it: the outlet that a statement was made to, and those whom a source cites."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.coded.grammar import active_subject
from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.sources.kinds import OUTLET_KINDS
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.phrases import name_behind
from leadline.extract.claims.sources.who import Who, equal, phrase_of

CITING = frozenset({"cite", "quote"})
HEARING = rule_words("relays.hearing")
TAKING = rule_words("relays.taking")
TOLD_TO = rule_words("relays.told_to")


def cited(cue: Token | None, naming: Naming) -> list[Who]:
    """`…, citing a report from X`, `X, which cited a medic`, `X quoted a memo as saying`: those who speak behind the source."""
    for c in cue.sent if cue is not None else ():
        if c.lemma_.lower() not in CITING or c.pos_ != "VERB":
            continue
        for g in c.children:
            if g.dep_ == "dobj" and not naming.in_quotation(g):
                who = naming.who(phrase_of(g, 10), remember=False)
                if who is not None and (who.kind or c.tag_ == "VBG"):
                    return [who]
    return []


def cited_after(cue: Token | None, who: Who, naming: Naming) -> list[Who]:
    """`X said that … . X cited the interrogation of three prisoners.`: those whom the next sentence names as behind it."""
    if cue is None or cue.sent.end >= len(naming.doc):
        return []
    verb = naming.doc[cue.sent.end].sent.root
    if verb.lemma_.lower() not in CITING or "\n\n" in naming.doc[cue.i : verb.i].text:
        return []
    subject = active_subject(verb)
    thing = next((c for c in verb.children if c.dep_ == "dobj"), None)
    if subject is None or thing is None or naming.in_quotation(thing):
        return []
    citing_one = naming.who(list(subject.subtree), remember=False)
    behind = naming.who(phrase_of(thing, 10), remember=False)
    return [behind] if citing_one is not None and behind is not None and equal(citing_one, who) and behind.kind else []


def citing(who: Who, naming: Naming) -> Who | None:
    """`X cites an officer who says that …`, `X took the testimony of an officer who …`: X stands before the officer.

    `Court records seen by X`: X before the records.
    """
    if who.at < 0:
        return None
    noun = naming.doc[who.at]
    if noun.tag_ in {"WP", "WDT"}:
        noun = noun.head.head  # `cites an officer who …`
    verb = noun.head
    subjects: list[Token] = []
    if verb.lemma_.lower() in CITING and noun.dep_ == "dobj":
        subjects = [c for c in verb.children if c.dep_ == "nsubj"]
    elif (taker := _listener(noun)) is not None:
        subjects = [taker]
    for c in noun.children if who.kind == "document" else ():
        if c.dep_ == "acl" and c.tag_ == "VBN":
            subjects += [g for by in c.children if by.dep_ == "agent" for g in by.children if g.dep_ == "pobj"]
    for s in subjects:
        found = naming.who(phrase_of(s), remember=False)
        if found is not None and found.kind and not naming.is_own(found) and not equal(found, who):
            return found
    return None


def _is_anybody(noun: Token) -> bool:
    """`Told reporters`: those who happened to be there, no outlet that was named."""
    return noun.tag_ == "NNS" and not any(c.dep_ in {"det", "poss", "nummod"} for c in noun.children)


def _listener(noun: Token) -> Token | None:
    """Who interviewed somebody, spoke to them or took their testimony: the subject of that verb."""
    verb = noun.head
    if noun.dep_ == "dobj" and verb.lemma_.lower() in HEARING:
        pass
    elif noun.dep_ == "pobj" and verb.lower_ in {"to", "with"} and verb.head.lemma_.lower() in {"speak", "talk"}:
        verb = verb.head
    elif noun.dep_ == "pobj" and verb.lower_ in {"of", "from"} and verb.head.lemma_.lower() in TOLD_TO:
        thing = verb.head
        verb = thing.head
        if thing.dep_ != "dobj" or verb.lemma_.lower() not in TAKING:
            return None
    else:
        return None
    return active_subject(verb)


def quoted_by(cue: Token | None, naming: Naming) -> Who | None:
    """`…, a guard told X, as quoted by Y`: Y, through whom X is known."""
    for t in cue.sent if cue is not None else ():
        if (
            t.lemma_.lower() not in {"quote", "cite", "report"}
            or t.tag_ != "VBN"
            or t.i == 0
            or t.nbor(-1).lower_ != "as"
        ):
            continue
        for by in (c for c in t.children if c.dep_ == "agent" or c.lower_ == "by"):
            for g in (g for g in by.children if g.dep_ == "pobj"):
                who = naming.who(phrase_of(g), remember=False)
                if who is not None and who.kind and not naming.is_own(who):
                    return who
    return None


def told(cue: Token, naming: Naming) -> Who | None:
    """The outlet that a statement was made to: `told the channel`."""
    if cue.lemma_.lower() not in {"tell", "speak", "say", "admit", "confirm", "explain", "complain", "interview"}:
        return None
    interviews = [g for g in cue.subtree if g.lower_ == "interview" and g.dep_ == "pobj"]
    for c in (*cue.children, *(c for g in interviews for c in g.children)):
        targets = (
            [c]
            if c.dep_ in {"dobj", "dative"}
            else [g for g in c.children if g.dep_ == "pobj"]
            if c.dep_ in {"prep", "dative"} and c.lower_ in {"to", "by", "with"}
            else []
        )
        for t in targets:
            who = _outlet(t, naming, is_interview=bool(interviews))
            if who is not None and not naming.is_own(who):
                return who
    return None


def _outlet(noun: Token, naming: Naming, *, is_interview: bool) -> Who | None:
    """The outlet or monitor that a noun or a name means, where it is not the one that publishes the text."""
    kind = naming.words.kind(noun.lemma_.lower())
    named = [n for n in naming.named.within(noun.left_edge.i, noun.i + 3) if n.source.kind in OUTLET_KINDS]
    if named:
        return None if _is_own(naming.doc[named[0].end - 1], naming) else naming.from_register(named[0])
    if kind in {"outlet", "monitor"} and noun.ent_type_ != "PERSON" and not _is_anybody(noun):
        articles = {c.lower_ for c in noun.children if c.dep_ in {"det", "poss"}}
        if articles & {"our", "this"}:
            return None
        found = naming.who([noun, *noun.lefts], remember=False)
        if found is not None and found.kind in OUTLET_KINDS and found.canonical[:1].isupper() and name_behind(noun):
            return found
        if articles & {"a", "an"}:
            return found  # `told a local broadcaster`
        return naming.again(noun, kind) or (found if is_interview else None)
    if noun.pos_ == "PROPN" and not _is_own(noun, naming):
        return naming.outlets.at(noun)
    return None


def _is_own(name: Token, naming: Naming) -> bool:
    """Whether a name is that of the publisher, or the last word of it (`told the Herald`)."""
    return any(own.split()[-1:] == [name.lower_] for own in naming.own)
