"""What the numbers of the summary rest on: all things that each counts."""

from __future__ import annotations

from leadline import schema
from leadline.estimate.words import NO_ESTIMATE
from leadline.walk.claims import carrier, claim_line
from leadline.walk.incidents import incident_line, origin_line
from leadline.walk.node import Node, WalkTables, count

NUMBERS = ("documents", "refusals", "unread", "claims", "origins", "incidents", "estimate")


def of_number(t: WalkTables, what: str) -> Node:
    """All that one of `NUMBERS` counts."""
    if what == "estimate":
        return Node(title="How much was not heard", children=tuple(_estimate(e) for e in t.estimates))
    if what == "documents":
        names = t.engine.read(schema.DOCUMENTS, ["document"]).column("document").to_pylist()
        return Node(title=count(names, "document"), children=tuple(carrier(t, n) for n in names))
    if what == "refusals":
        refused = list(t.engine.records(schema.REFUSALS, schema.Refusal))
        return Node(
            title=count(refused, "item") + " refused",
            children=tuple(
                Node(title=t.masks.file_name(r.document), details=(t.masks.all.mask_file(r.reason),)) for r in refused
            ),
        )
    if what == "unread":
        unread = list(t.engine.records(schema.UNREAD, schema.Unread))
        return Node(
            title=count(unread, "document") + " kept but not read",
            children=tuple(Node(title=t.masks.file_name(u.document), details=(u.reason,)) for u in unread),
        )
    if what == "claims":
        standing = [c for c in t.claims if c not in t.rejected]
        rejected = f", {len(t.rejected)} rejected" if t.rejected else ""
        return Node(title=count(standing, "claim") + rejected, children=tuple(claim_line(t, c) for c in t.claims))
    if what == "origins":
        return Node(title=count(t.origins, "origin"), children=tuple(origin_line(t, o) for o in t.origins.values()))
    single = [i for i in t.incidents if i.is_single_event]
    return Node(title=count(single, "incident"), children=tuple(incident_line(t, i) for i in single))


def _estimate(e: schema.Estimate) -> Node:
    head = f"between {e.range.lower:,.0f} and {e.range.upper:,.0f}" if e.estimable and e.range else "not estimable"
    lists = ", ".join(e.lists) or "none"
    refused = "" if e.estimable else "not an estimate: "
    models = tuple(Node(title=f"{refused}{m.name}: {_figure(m)}", details=(m.assumption,)) for m in e.models)
    if models and refused:
        models = (Node(title=f"what each model would give; {NO_ESTIMATE}", children=models),)
    return Node(
        title=f"{head} (stratum {e.stratum})",
        details=(f"observed: {e.observed}", f"lists: {lists}", *e.reasons),
        children=models,
    )


def _figure(m: schema.ModelEstimate) -> str:
    if m.n_hat is None:
        return "does not exist"
    upper = "unbounded" if m.upper is None else f"{m.upper:,.0f}"
    return f"{m.n_hat:,.0f} ({'unknown' if m.lower is None else f'{m.lower:,.0f}'} to {upper})"
