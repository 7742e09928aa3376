"""Sources and publishers: who relies on whom, with the grade that somebody gave, if any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from leadline.publish.view.incidents import grade
from leadline.publish.view.masks import Masks
from leadline.publish.view.phrases import page_name
from leadline.publish.view.records import ClaimView, RelianceView, SourceView
from leadline.publish.view.tables import Tables
from leadline.publish.words import code

CLAIMS_SHOWN = 60


class _Known(msgspec.Struct):
    """What is known of one source while the tables are read."""

    name: str
    kind: str = ""
    claims: list[str] = msgspec.field(default_factory=list)
    documents: list[str] = msgspec.field(default_factory=list)


def source_views(
    t: Tables, m: Masks, publishers: Mapping[str, str], claims: Mapping[str, ClaimView]
) -> list[SourceView]:
    """Sources and publishers by number of claims, each with whom it relies on and who relies on it."""
    known = _known(t, publishers)
    pages = {key: _page(t, key, k) for key, k in known.items()}
    shown = {key: _name(m, key, k) for key, k in known.items()}
    on: dict[str, list[RelianceView]] = defaultdict(list)
    by: dict[str, list[RelianceView]] = defaultdict(list)
    rings: dict[str, set[str]] = defaultdict(set)
    for e in t.edges:
        for key, other, found in ((e.relying, e.relied_on, on), (e.relied_on, e.relying, by)):
            found[key].append(
                RelianceView(
                    key=other,
                    name=shown[other],
                    page=pages[other],
                    kind=code("reliance", e.kind) if e.directed else code("reliance", "undirected"),
                    n_claims=e.n_claims,
                    n_documents=e.n_documents,
                    circular=e.ring is not None or e.n_circular > 0,
                    n_circular=e.n_circular,
                    reasons=m.reasons(e.evidence),
                )
            )
        if e.ring is not None:
            rings[e.ring].update((e.relying, e.relied_on))
    circle = {key: tuple(sorted(members)) for members in rings.values() for key in members}
    return [
        _view(t, m, key, known[key], pages, shown, on[key], by[key], circle.get(key, ()), claims)
        for key in sorted(known, key=lambda k: (-len(known[k].claims), known[k].name, k))
    ]


def _known(t: Tables, publishers: Mapping[str, str]) -> dict[str, _Known]:
    """Everyone to whom a claim is attributed, and everyone in the source graph, by key."""
    known: dict[str, _Known] = {}
    for c in t.claims.values():
        seen = set()
        for h in c.chain:
            key = _key(t, h.canonical)
            if key not in seen:
                known.setdefault(key, _Known(name=h.canonical)).claims.append(c.claim_id)
                seen.add(key)
    for document, publisher in publishers.items():
        known.setdefault(_key(t, publisher), _Known(name=publisher)).documents.append(document)
    for e in t.edges:
        for key, name, kind in (
            (e.relying, e.relying_name, e.relying_kind),
            (e.relied_on, e.relied_on_name, e.relied_on_kind),
        ):
            known.setdefault(key, _Known(name=name)).kind = kind
    return known


def _key(t: Tables, name: str) -> str:
    """A source's key, as the source graph has it: its id in the register, else its folded name."""
    entry = t.register.resolve(name)
    folded = " ".join(name.casefold().split())
    return entry.id if entry else t.edge_keys.get(folded, folded)


def _name(m: Masks, key: str, k: _Known) -> str:
    return m.file_name(k.name) if key.startswith("document:") else m.source(k.name)


def _page(t: Tables, key: str, k: _Known) -> str:
    """The page of a source of the register, or of a body or publisher of the source graph; none for anybody else.

    Whoever is only described ("a soldier") or hidden gets no page: it would gather all that a witness said in one place.
    """
    if not (t.register.resolve(k.name) or k.kind or k.documents):
        return ""
    # The digest of a publisher's name could be guessed where the publisher is a person: its document's stands for it.
    known = t.register.resolve(k.name) or not k.documents
    return page_name("sources", key if known else f"publishes\0{k.documents[0]}")


def _view(
    t: Tables,
    m: Masks,
    key: str,
    k: _Known,
    pages: Mapping[str, str],
    shown: Mapping[str, str],
    on: Iterable[RelianceView],
    by: Iterable[RelianceView],
    circle: tuple[str, ...],
    claims: Mapping[str, ClaimView],
) -> SourceView:
    entry = t.register.resolve(k.name)
    return SourceView(
        key=key,
        name=shown[key],
        kind=code("source_kind", entry.kind if entry else k.kind or "unregistered"),
        kind_key=entry.kind if entry else k.kind or "unregistered",
        grade=grade(t, k.name),
        graded=entry is not None and entry.reliability is not None,
        n_claims=len(k.claims),
        n_documents=len({t.claims[c].document for c in k.claims}),
        n_origins=len({t.origin_of[c] for c in k.claims if c in t.origin_of}),
        n_published=len(k.documents),
        page=pages[key],
        in_register=entry is not None,
        side=(entry.side or "") if entry else "",
        family=(t.register.family(entry.id) or "") if entry else "",
        relies_on=tuple(sorted(on, key=_order)),
        relied_on_by=tuple(sorted(by, key=_order)),
        circle=tuple((shown[c], pages[c]) for c in circle),
        claims=tuple(claims[c] for c in sorted(k.claims)[:CLAIMS_SHOWN] if c in claims),
        documents=tuple((m.file_name(d), page_name("documents", d)) for d in sorted(k.documents)),
    )


def _order(r: RelianceView) -> tuple[int, int, str, str]:
    return -r.n_claims, -r.n_documents, r.name, r.kind
