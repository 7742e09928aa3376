"""What sources disagree about, side by side on one axis: counts as ranges, dates as intervals, nobody's value chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from leadline import schema
from leadline.publish.view.phrases import bounds, interval
from leadline.publish.view.records import ClaimView, Dispute, Gap
from leadline.publish.words import code, say

End = float | None
BEYOND = 0.15  # of the axis
SMALLEST = 1.5  # of a hundred: a single day or number stays visible
NAMES = 6  # who tells it, by name
ROWS = 40  # a picture of more rows shows no more


def dispute(conflict: schema.Conflict, claims: Sequence[ClaimView], mask: Callable[[str], str]) -> Dispute:
    """One disagreement with the values of every claim of the incident that gives one."""
    field, values = code("field", conflict.field), tuple(mask(_value(conflict.field, v)) for v in conflict.values)
    if conflict.field == "number":
        about = {c.number.unit for c in claims if c.claim_id in conflict.claims and c.number is not None}
        given = [(c, c.number.low, c.number.high) for c in claims if c.number is not None and c.number.unit in about]
        said = {c.claim_id: mask(bounds(c.number)) for c in claims if c.number is not None}
    elif conflict.field == "time":
        given = [(c, _day(c.time.start), _day(c.time.end)) for c in claims if c.time is not None]
        said = {c.claim_id: interval(c.time.start, c.time.end) for c in claims if c.time is not None}
    elif conflict.field == "realis":
        return Dispute(
            field=field, values=tuple(_by(v, claims) for v in conflict.values), sides=_sides(conflict, claims)
        )
    else:
        return Dispute(field=field, values=values, sides=_sides(conflict, claims))
    known = [x for _, low, high in given for x in (low, high) if x is not None]
    if not known:
        return Dispute(field=field, values=values)
    first, last = min(known), max(known)
    if conflict.field == "number":
        first = 0.0  # a count is drawn from nothing, so that lengths can be compared
    room = BEYOND * ((last - first) or 1.0)  # an open end is drawn past everything that is known
    start = first - room if conflict.field == "time" and any(low is None for _, low, _ in given) else first
    stop = last + room if any(high is None for _, _, high in given) else last
    rows = [_row(c, low, high, start, stop, said[c.claim_id]) for c, low, high in given]
    order = sorted(dict.fromkeys(rows), key=lambda g: (g.left, g.left + g.width, g.who, g.said))
    return Dispute(
        field=field,
        values=values,
        rows=tuple(order[:ROWS]),
        first=_label(conflict.field, first, "before", beyond=start < first),
        last=_label(conflict.field, last, "beyond", beyond=stop > last),
    )


def _by(value: str, claims: Sequence[ClaimView]) -> str:
    """Who denied it, or told it: by name where a source is named, else by the publisher."""
    names = Counter(
        c.hops[-1].name if c.hops else say("dispute.itself", publisher=c.publisher)
        for c in claims
        if (c.realis == "denied") == (value == "denied")
    )
    shown = ", ".join(list(names)[:NAMES])
    if len(names) > NAMES:
        shown = say("dispute.more", names=shown, n=len(names) - NAMES)
    return say("dispute.by", what=code("telling", value), who=shown) if names else code("telling", value)


def _sides(
    conflict: schema.Conflict, claims: Sequence[ClaimView]
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Who says what: each value with the sources that give it, in the order of the claims, a source once, with the page of its words."""
    found: dict[str, dict[str, str]] = {}
    about = set(conflict.claims)
    for c in claims:
        if conflict.field == "realis":
            said = [code("telling", "denied" if c.realis == "denied" else "told")]
        elif c.claim_id in about:
            said = [value for name, value in c.facts if name == say(f"fact.{conflict.field}")]
        else:
            said = []
        for value in said:
            found.setdefault(value, {}).setdefault(_who(c), f"{c.document_page}#{c.anchor}")
    return tuple((value, tuple(list(who.items())[:ROWS])) for value, who in sorted(found.items()))


def _who(c: ClaimView) -> str:
    if not c.hops:
        return say("dispute.itself", publisher=c.publisher)
    return say("dispute.who", who=c.hops[0].name, publisher=c.publisher)


def _label(field: str, x: float, which: str, *, beyond: bool) -> str:
    shown = f"{x:,.0f}" if field == "number" else date.fromordinal(int(x)).isoformat()
    return say(f"dispute.{which}", x=shown) if beyond else shown


def _row(c: ClaimView, low: End, high: End, first: float, last: float, said: str) -> Gap:
    total = (last - first) or 1.0
    left = (((low if low is not None else first) - first) / total) * 100
    right = (((high if high is not None else last) - first) / total) * 100
    left = min(left, 100 - SMALLEST)
    return Gap(
        who=_who(c),
        said=said,
        left=round(left, 2),
        width=round(max(SMALLEST, right - left), 2),
        open_left=low is None,
        open_right=high is None,
        denied=c.realis == "denied",
        page=f"{c.document_page}#{c.anchor}",
    )


def _value(field: str, value: str) -> str:
    if field == "realis":
        return code("telling", value)
    if field == "time" and "/" in value:
        start, _, end = value.partition("/")
        return interval(start.strip(". ") or None, end.strip(". ") or None)
    return value


def _day(text: str | None) -> float | None:
    try:
        return float(date.fromisoformat(text).toordinal()) if text else None
    except ValueError:
        return None
