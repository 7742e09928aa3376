"""Who stands outside a source and behind it: the outlet that a statement was made to, and those whom a source cites."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.naming import Naming
from leadline.extract.claims.who import OUTLET_KINDS, Who, equal

CITING = frozenset({"cite", "quote"})


def cited(cue: Token | None, naming: Naming) -> list[Who]:
    """`…, citing a report from X`, `X, which cited a medic`, `X quoted a memo as saying`: those who speak behind the source."""
    for c in cue.sent if cue is not None else ():
        if c.lemma_.lower() not in CITING or c.pos_ != "VERB":
            continue
        for g in c.children:
            if g.dep_ == "dobj" and not naming.in_quotation(g):
                who = naming.who([x for x in g.subtree if x.i <= g.i + 10], remember=False)
                if who is not None and (who.kind or c.tag_ == "VBG"):
                    return [who]
    return []


def citing(who: Who, naming: Naming) -> Who | None:
    """`X cites an officer who says that …`: X stands before the officer. `Court records seen by X`: X before the records."""
    if who.at < 0:
        return None
    noun = naming.doc[who.at]
    if noun.tag_ in {"WP", "WDT"}:
        noun = noun.head.head  # `cites an officer who …`
    verb = noun.head
    subjects: list[Token] = []
    if verb.lemma_.lower() in CITING and noun.dep_ == "dobj":
        subjects = [c for c in verb.children if c.dep_ == "nsubj"]
    for c in noun.children if who.kind == "document" else ():
        if c.dep_ == "acl" and c.tag_ == "VBN":
            subjects += [g for by in c.children if by.dep_ == "agent" for g in by.children if g.dep_ == "pobj"]
    for s in subjects:
        found = naming.who([t for t in s.subtree if t.i <= s.i + 8], remember=False)
        if found is not None and found.kind and found.canonical.casefold() not in naming.own and not equal(found, who):
            return found
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
            kind = naming.words.kind(t.lemma_.lower())
            named = [n for n in naming.named if t.left_edge.i <= n.start <= t.i + 2 and n.source.kind in OUTLET_KINDS]
            if named and named[0].source.kind in OUTLET_KINDS:
                who = naming.from_register(named[0])
            elif kind in {"outlet", "monitor"} and t.ent_type_ != "PERSON":
                found = naming.again(t, kind) or (naming.who([t, *t.lefts], remember=False) if interviews else None)
                if found is None:
                    continue
                who = found
            else:
                continue
            if who.canonical.casefold() not in naming.own:
                return who
    return None
