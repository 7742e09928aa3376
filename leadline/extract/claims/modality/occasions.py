"""Whether an event is told of one occasion or of any, as names beside those of `manner.py`.

`Men who refuse are beaten` tells a habit and `men who refused are held in a cellar` a state that lasts: what happens is told apart from
what goes on. `On Monday`, a number, a person tie a sentence to an occasion; one that has none of them is loose.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from leadline.extract.claims.modality.habits import STATES

TIES = frozenset({"DATE", "TIME", "PERSON", "CARDINAL"})
PLACES = frozenset({"GPE", "FAC"})


def occasions(event: str, verb: Token, form: str, doer: str, beside: Iterator[tuple[str, str]]) -> Iterator[str]:
    """What the verb of an event shows of its occasion: `form` and `doer` as `manner.py` has them, `beside` prepositions and whom they bring in."""
    lasting = "lasts" if verb.lemma_.lower() in STATES else "happens"
    yield f"{lasting} {form}"
    yield f"{lasting} {form}, subject {doer}"
    for preposition, noun in beside:
        yield f"{preposition} {noun}"
    kinds = {t.ent_type_ for t in verb.sent}
    for kind in sorted(kinds & (TIES | PLACES)):
        yield f"sentence names {kind}"
    if not kinds & TIES:
        yield f"loose {form}"
        yield f"loose, event {event}"
