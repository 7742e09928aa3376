"""Headlines: what a headline claims is from whoever the article below it has it from.

A headline adds no origin that the body of its document does not name where the body tells the same: its "hotline says" is
the group whom the first paragraph names, and the speaker whom a parser finds in it may be nobody.
"""

from __future__ import annotations

from collections.abc import Sequence

from leadline.schema import Claim, Document, Span
from leadline.trace.facts import facts_of
from leadline.trace.local import Local
from leadline.trace.matching import likeness
from leadline.trace.roles import compatible

NEAR_THE_TOP = 3000
"""Characters within which the headline stands."""


def headline_of(document: Document) -> Span | None:
    r"""Where the headline stands in the text; None where there is none or it is not on top.

    >>> headline_of(Document(document="a", sha256="", text="Men refuse\n\nThey left.", series="a", title="Men refuse"))
    (0, 10)
    """
    title = (document.title or "").strip()
    start = document.text.find(title, 0, NEAR_THE_TOP) if title else -1
    return (start, start + len(title)) if start >= 0 else None


def under_headline(document: Document, claims: Sequence[Claim], locals_: Sequence[Local]) -> list[Local]:
    """The origins of one document, with what its headline claims among those of the body that tells the same."""
    span = headline_of(document)
    if span is None:
        return list(locals_)
    told = [c for c in claims if span[0] <= c.start < span[1]]
    ids = {c.claim_id for c in told}
    own = {c.claim_id: x for x in locals_ for c in x.claims if c.claim_id in ids}
    body = [x for x in locals_ if any(c.claim_id not in ids for c in x.claims)]
    for c in sorted(told, key=lambda c: (c.start, c.claim_id)):
        alone = own.get(c.claim_id)
        if alone in body:
            continue
        home = _home(c, alone, body)
        if home is not None:
            home.claims.append(c)
            if alone is not None:
                alone.claims.remove(c)
    return [x for x in locals_ if x.claims]


def _home(c: Claim, alone: Local | None, body: Sequence[Local]) -> Local | None:
    """The origin of the body that a claim of the headline goes back to."""
    fitting = [x for x in body if not facts_of([c]).contradict(facts_of(x.claims))]
    same = [
        (x, d)
        for x in fitting
        for d in x.claims
        if d.event == c.event and (d.realis == "denied") == (c.realis == "denied")
    ]
    if same:
        return max(same, key=lambda xd: likeness(c, xd[1]))[0]
    if alone is None:
        return None
    named = [x for x in fitting if x.named]
    who = [x for x in named if x.body == alone.body and compatible(x.speaker, alone.speaker)]
    return who[0] if who else named[0] if len(named) == 1 else None
