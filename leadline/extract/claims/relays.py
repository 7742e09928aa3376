"""Who stands outside a source and behind it: the outlet that a statement was made to, and those whom a source cites."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.naming import Naming
from leadline.extract.claims.who import OUTLET_KINDS, Who


def cited(cue: Token | None, naming: Naming) -> list[Who]:
    """`…, citing a report from X`: X speaks behind the source."""
    for c in cue.sent if cue is not None else ():
        if c.lower_ in {"citing", "quoting"}:
            for g in c.children:
                if g.dep_ == "dobj" and (who := naming.who([x for x in g.subtree if x.i <= g.i + 10], remember=False)):
                    return [who]
    return []


def told(cue: Token, naming: Naming) -> Who | None:
    """The outlet that a statement was made to: `told the channel`."""
    if cue.lemma_.lower() not in {"tell", "speak", "say", "admit", "confirm", "explain", "complain", "interview"}:
        return None
    for c in cue.children:
        targets = (
            [c]
            if c.dep_ in {"dobj", "dative"}
            else [g for g in c.children if g.dep_ == "pobj"]
            if c.dep_ in {"prep", "dative"} and c.lower_ in {"to", "by"}
            else []
        )
        for t in targets:
            kind = naming.words.kind(t.lemma_.lower())
            named = [n for n in naming.named if n.start <= t.i < n.end]
            if named and named[0].source.kind in OUTLET_KINDS:
                who = naming.from_register(named[0])
            elif kind in {"outlet", "monitor"} and t.ent_type_ != "PERSON":
                found = naming.again(t, kind)
                if found is None:
                    continue
                who = found
            else:
                continue
            if who.canonical.casefold() not in naming.own:
                return who
    return None
