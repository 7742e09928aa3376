"""Sources and publishers: who relies on whom, with the grade that somebody gave, if any."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from leadline import schema
from leadline.publish.view.incidents import grade
from leadline.publish.view.masks import Masks
from leadline.publish.view.phrases import page_name
from leadline.publish.view.records import ClaimView, SourceView
from leadline.publish.view.tables import Tables
from leadline.publish.words import code, say

CLAIMS_SHOWN = 60


class Reliance(msgspec.Struct, frozen=True, kw_only=True):
    """`who` passes on what `on` says: in how many claims, of how many documents."""

    who: str
    on: str
    n_claims: int
    n_documents: int


def reliances(
    claims: Iterable[schema.Claim], publishers: Mapping[str, str], taken: Iterable[tuple[str, str]] = ()
) -> list[Reliance]:
    """Who relies on whom: a publisher on the outermost source of a claim, each source of a chain on the next one.

    `publishers` maps documents to theirs; `taken` holds documents with the one they took from. A source that passes on
    itself is left out.

    >>> hop = lambda n: schema.Hop(name=n, canonical=n, cue="", start=None, end=None)
    >>> c = schema.Claim(claim_id="c", document="d", start=0, end=1, quote="x", event="refusal", realis="actual",
    ...     medium="testimony", verification="not-stated", chain=(hop("agency"), hop("soldier")))
    >>> [(r.who, r.on) for r in reliances([c], {"d": "paper"})]
    [('agency', 'soldier'), ('paper', 'agency')]
    """
    n: Counter[tuple[str, str]] = Counter()
    documents: dict[tuple[str, str], set[str]] = defaultdict(set)
    for c in claims:
        names = [*([publishers[c.document]] if c.document in publishers else []), *(h.canonical for h in c.chain)]
        for pair in zip(names, names[1:], strict=False):
            if pair[0] != pair[1]:
                n[pair] += 1
                documents[pair].add(c.document)
    for taker, other in taken:
        pair = (publishers.get(taker, ""), publishers.get(other, ""))
        if all(pair) and pair[0] != pair[1]:
            documents[pair].add(taker)
    return [
        Reliance(who=a, on=b, n_claims=n[a, b], n_documents=len(documents[a, b])) for a, b in sorted(documents)
    ]


def source_views(
    t: Tables,
    m: Masks,
    publishers: Mapping[str, str],
    links: Iterable[Reliance],
    circles: Mapping[str, tuple[str, ...]],
    claims: Mapping[str, ClaimView],
) -> list[SourceView]:
    """Sources and publishers by number of claims, each with whom it relies on and who relies on it."""
    spoken: dict[str, list[str]] = defaultdict(list)
    for c in t.claims.values():
        for name in dict.fromkeys(h.canonical for h in c.chain):
            spoken[name].append(c.claim_id)
    published: dict[str, set[str]] = defaultdict(set)
    for document, publisher in publishers.items():
        published[publisher].add(document)
    on: dict[str, list[tuple[str, int]]] = defaultdict(list)
    by: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for r in links:
        on[r.who].append((r.on, max(r.n_claims, r.n_documents)))
        by[r.on].append((r.who, max(r.n_claims, r.n_documents)))
    order = lambda found: tuple(sorted(found, key=lambda x: (-x[1], x[0])))  # noqa: E731
    views = []
    for name in sorted({*spoken, *published}, key=lambda n: (-len(spoken[n]), n)):
        entry = t.register.resolve(name)
        mine = spoken[name]
        views.append(
            SourceView(
                key=name,
                name=m.source(name),
                kind=code("source_kind", entry.kind) if entry else say("source.unregistered"),
                grade=grade(t, name),
                n_claims=len(mine),
                n_documents=len({t.claims[c].document for c in mine}),
                n_origins=len({t.origin_of[c] for c in mine if c in t.origin_of}),
                page=_page(t, name, mine, sorted(published[name])),
                in_register=entry is not None,
                side=(entry.side or "") if entry else "",
                family=(t.register.family(entry.id) or "") if entry else "",
                note=entry.note if entry else "",
                relies_on=order(on[name]),
                relied_on_by=order(by[name]),
                circle=circles.get(name, ()),
                claims=tuple(claims[c] for c in sorted(mine)[:CLAIMS_SHOWN] if c in claims),
                publishes=bool(published[name]),
            )
        )
    return views


def _page(t: Tables, name: str, claims: list[str], documents: list[str]) -> str:
    """A source's page. Only names of the public register are hashed: the digest of a person's name would give it away."""
    if t.register.resolve(name):
        basis = ["register", name]
    elif claims:
        first = min(claims)
        place = next(n for n, h in enumerate(t.claims[first].chain) if h.canonical == name)
        basis = ["speaks", first, str(place)]
    else:
        basis = ["publishes", documents[0]]
    return page_name("sources", "\0".join(basis))
