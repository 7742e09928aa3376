"""What expected.toml of the example case asks, as named checks over the tables of a case.

python tests/example_checks.py [CASE]    runs the example (or takes its case) and prints every check that does not hold
"""

from __future__ import annotations

import re
import sys
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from leadline import schema
from leadline.link.lines import Ties, independent_lines
from leadline.pipeline import open_case, run_case
from leadline.register import Register, fold, load_register
from leadline.settings import load_settings

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "marrow-line"
COPIES = {"copy", "excerpt", "translation", "rewrite"}


@dataclass
class Found:
    """The tables of one case, indexed for the checks."""

    documents: dict[str, schema.Document]
    refusals: list[str]
    claims: list[schema.Claim]
    carriers: dict[str, schema.Carrier]
    relations: list[schema.Relation]
    origin_of: dict[str, str]
    origins: dict[str, schema.Origin]
    ties: Ties
    incidents: list[schema.Incident]
    estimates: list[schema.Estimate]
    expected: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, expected: dict[str, Any]) -> Found:
        with open_case(folder) as (_, _, engine):
            rows = {t.name: list(engine.records(t, t.record)) for t in schema.TABLES.values()}
        return cls(
            documents={d.document: d for d in rows["documents"]},
            refusals=[r.document for r in rows["refusals"]],
            claims=rows["claims"],
            carriers={c.document: c for c in rows["carriers"]},
            relations=rows["relations"],
            origin_of={c.claim_id: c.origin_id for c in rows["claim_origins"]},
            origins={o.origin_id: o for o in rows["origins"]},
            ties=Ties(rows["origin_ties"]),
            incidents=rows["incidents"],
            estimates=rows["estimates"],
            expected=expected,
        )

    def span(self, document: str, quote: str) -> tuple[int, int] | None:
        """Where the words stand; page furniture that reading HTML has already left out stands nowhere."""
        start = self.documents[document].text.find(quote)
        return (start, start + len(quote)) if start >= 0 else None

    @cached_property
    def matched(self) -> dict[str, schema.Claim]:
        """Key claims by id: one to one, the largest share of the union first, as the scorer does it."""
        pairs = []
        for e in self.expected["claim"]:
            span = self.span(e["document"], e["quote"])
            assert span, f"{e['id']}: the quote does not stand in {e['document']}"
            start, end = span
            for c in self.claims:
                inter = min(end, c.end) - max(start, c.start)
                if c.document != e["document"] or inter <= 0:
                    continue
                union = max(end, c.end) - min(start, c.start)
                if inter / union >= 0.3 or (inter >= 0.5 * (end - start) and c.end - c.start <= 3 * (end - start)):
                    pairs.append((c.event != e["event"], -inter / union, e["id"], c.claim_id, c))
        found: dict[str, schema.Claim] = {}
        taken: set[str] = set()
        for _, _, name, claim_id, c in sorted(pairs, key=lambda p: p[:4]):
            if name not in found and claim_id not in taken:
                found[name] = c
                taken.add(claim_id)
        return found

    def origin(self, name: str) -> str:
        """The origin of a key claim; a claim that was not found or has no origin fails the check that asks."""
        assert name in self.matched, f"claim {name} was not found"
        origin = self.origin_of.get(self.matched[name].claim_id)
        assert origin, f"claim {name} has no origin"
        return origin

    def incident(self, name: str) -> schema.Incident:
        """The incident of a key claim."""
        assert name in self.matched, f"claim {name} was not found"
        claim_id = self.matched[name].claim_id
        found = next((i for i in self.incidents if claim_id in i.claims), None)
        assert found, f"claim {name} is in no incident"
        return found


def read_expected() -> dict[str, Any]:
    return tomllib.loads((EXAMPLE / "expected.toml").read_text(encoding="utf-8"))


def checks(expected: dict[str, Any]) -> dict[str, Callable[[Found], None]]:
    """Every check by name; a check raises AssertionError where it does not hold."""
    made: dict[str, Callable[[Found], None]] = {}

    def add(name: str, check: Callable[[Found], None]) -> None:
        assert name not in made, name
        made[name] = check

    add(
        "counts",
        lambda f: _equal(
            (len(f.documents), sorted(f.refusals)), (expected["counts"]["kept"], expected["counts"]["refused"])
        ),
    )
    for document, day in expected["dates"].items():
        add(f"date {document}", lambda f, d=document, day=day: _equal(_published(f.documents[d]), day))
    for document, name in expected["publishers"].items():
        add(f"publisher {document}", lambda f, d=document, n=name: _equal(f.documents[d].publisher, n))
    for document, kinds in expected["carriers"].items():
        add(
            f"carrier {document}",
            lambda f, d=document, k=kinds: _among(f.carriers[d].carrier_kind if d in f.carriers else None, k),
        )
    for r in expected["relation"]:
        add(f"relation {r['taker']}", lambda f, r=r: _relation(f, r))
    for a, b in expected["no_copies"]["pairs"]:
        add(
            f"no copy {a} {b}",
            lambda f, p={a, b}: _equal(
                [r.kind for r in f.relations if {r.document, r.other} == p and r.kind in COPIES], []
            ),
        )
    for section, wanted in (("boilerplate", True), ("prose", False)):
        for document, quotes in expected[section].items():
            for q in quotes:
                add(f"{section} {document}: {q}", lambda f, d=document, q=q, w=wanted: _equal(_marked(f, d, q), w))
    for document, quotes in expected["no_claims"].items():
        for q in quotes:
            add(f"no claim {document}: {q}", lambda f, d=document, q=q: _equal(_claims_at(f, d, q), []))
    for e in expected["claim"]:
        add(f"claim {e['id']}", lambda f, e=e: _found(f, e))
        for key in sorted(set(e) - {"id", "document", "quote"}):
            add(f"claim {e['id']} {key}", lambda f, e=e, k=key: _field(f, e, k))
    o = expected["origins"]
    for a, b in o["same"]:
        add(f"same origin {a} {b}", lambda f, a=a, b=b: _equal(f.origin(a), f.origin(b)))
    for a, b in o["different"]:
        add(f"other origin {a} {b}", lambda f, a=a, b=b: _differ(f.origin(a), f.origin(b)))
    for a, b in o["not_independent"]:
        add(f"not independent {a} {b}", lambda f, a=a, b=b: _equal(_independent(f, a, b), False))
    for a, b in o["independent"]:
        add(f"independent {a} {b}", lambda f, a=a, b=b: _equal(_independent(f, a, b), True))
    for i in expected["incident"]:
        _incident_checks(i, add)
    add("not estimable", lambda f: _equal({e.estimable for e in f.estimates}, {expected["estimate"]["estimable"]}))
    add("reasons why not estimable", lambda f: _equal(all(e.reasons for e in f.estimates), True))
    return made


def _incident_checks(i: dict[str, Any], add: Callable[[str, Callable[[Found], None]], None]) -> None:
    name, first = i["id"], i["claims"][0]
    for other in i["claims"][1:]:
        add(
            f"incident {name} holds {other}",
            lambda f, o=other: _equal(f.incident(first).incident_id, f.incident(o).incident_id),
        )
    for other in i["apart"]:
        add(
            f"incident {name} without {other}",
            lambda f, o=other: _differ(f.incident(first).incident_id, f.incident(o).incident_id),
        )
    add(f"incident {name} documents", lambda f: _at_least(f.incident(first).n_documents, i["min_documents"]))
    add(f"incident {name} supporting lines", lambda f: _equal(_supporting(f, f.incident(first)), i["n_supporting"]))
    if "conflict" in i:
        add(
            f"incident {name} conflict", lambda f: _among(i["conflict"], [c.field for c in f.incident(first).conflicts])
        )


def _equal(found: Any, wanted: Any) -> None:
    assert found == wanted, f"found {found!r}, expected {wanted!r}"


def _differ(found: Any, other: Any) -> None:
    assert found != other, f"both are {found!r}"


def _among(found: Any, wanted: list[Any]) -> None:
    assert found in wanted, f"found {found!r}, expected one of {wanted!r}"


def _at_least(found: int, wanted: int) -> None:
    assert found >= wanted, f"found {found}, expected at least {wanted}"


def _published(d: schema.Document) -> str:
    if d.published is None:
        return "unknown"
    p = d.published
    return p.start if p.start == p.end else f"{p.start}/{p.end}"


def _relation(f: Found, r: dict[str, Any]) -> None:
    between = [x for x in f.relations if {x.document, x.other} == {r["taker"], r["giver"]}]
    kinds = [x for x in between if x.kind in r["kinds"]]
    assert kinds, f"found {[x.kind for x in between]}, expected {r['kinds']}"
    right = "from" if kinds[0].document == r["taker"] else "to"
    _among(kinds[0].direction, [right] if r["directed"] else [right, "unknown"])
    assert kinds[0].evidence, "no evidence is named"


def _marked(f: Found, document: str, quote: str) -> bool:
    span = f.span(document, quote)
    assert span, f"{quote!r} does not stand in the text"
    return any(s < span[1] and span[0] < e for s, e in f.documents[document].boilerplate)


def _found(f: Found, e: dict[str, Any]) -> None:
    assert e["id"] in f.matched, f"no claim stands at {e['quote']!r} in {e['document']}"


def _claims_at(f: Found, document: str, quote: str) -> list[str]:
    span = f.span(document, quote)
    return [c.quote for c in f.claims if span and c.document == document and c.start < span[1] and span[0] < c.end]


def _field(f: Found, e: dict[str, Any], key: str) -> None:
    assert e["id"] in f.matched, "the claim was not found"
    c, wanted = f.matched[e["id"]], e[key]
    if key in {"event", "realis", "medium", "verification", "historical", "actor"}:
        _equal(getattr(c, key), wanted)
    elif key == "number":
        _equal(c.number and (c.number.low, c.number.high), (wanted.get("low"), wanted.get("high")))
    elif key == "estimative":
        _equal(
            c.estimative and {"phrase": c.estimative.phrase, "low": c.estimative.low, "high": c.estimative.high}, wanted
        )
    elif key == "unit":
        assert re.search(rf"\b{wanted}", c.unit or ""), f"found {c.unit!r}, expected the number {wanted}"
    elif key == "place":
        _among(wanted, [p.gazetteer_id for p in c.places])
    elif key == "time":
        _equal(c.time and f"{c.time.start}/{c.time.end}", wanted)
    elif key == "hops":
        for hop in wanted:
            assert any(_is(hop, h) for h in c.chain), f"found {[h.canonical for h in c.chain]}, expected {hop}"
    elif key == "speaker" and wanted == "":
        _equal([h.canonical for h in c.chain], [])
    elif key == "speaker":
        assert c.chain, f"found no chain, expected {wanted}"
        assert _is(wanted, c.chain[-1]), f"found {[h.canonical for h in c.chain]}, expected {wanted} last"
    else:
        raise AssertionError(f"expected.toml has an unknown field {key!r}")


@cache
def _register() -> Register:
    return load_register([EXAMPLE / "register.toml"], shipped=False)


def _is(wanted: str, hop: schema.Hop) -> bool:
    """A hop is meant by the id of a register entry or by one of several words."""
    register = _register()
    if wanted in register.sources:
        names = {fold(n) for n in (register.sources[wanted].name, *register.sources[wanted].aliases)}
        return bool({fold(hop.canonical), fold(hop.name)} & names)
    return re.search(rf"\b({wanted})\b", f"{hop.canonical} {hop.name}".lower()) is not None


def _independent(f: Found, a: str, b: str) -> bool:
    """Whether the two would count as two lines of evidence for one incident."""
    return len(independent_lines({f.origin(a), f.origin(b)}, f.origins, f.ties)) == 2


def _supporting(f: Found, i: schema.Incident) -> int:
    """Independent lines that hold something other than a denial."""
    claims = {c.claim_id: c for c in f.claims}
    says = {f.origin_of.get(c) for c in i.claims if claims[c].realis != "denied"}
    return sum(bool(says & set(line.origins)) for line in i.lines)


def failing(found: Found) -> dict[str, str]:
    """Checks that do not hold, each with what was found."""
    missed = {}
    for name, check in checks(found.expected).items():
        try:
            check(found)
        except AssertionError as e:
            missed[name] = str(e)
    return missed


def main() -> int:
    """Print the checks that do not hold, marked where they are listed as shortfalls, and the listed ones that hold."""
    expected = read_expected()
    listed = {name for s in expected.get("shortfall", ()) for name in s["checks"]}
    with tempfile.TemporaryDirectory() as folder:
        case = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "case"
        if len(sys.argv) == 1:
            run_case([EXAMPLE / "documents"], case, load_settings(EXAMPLE / "leadline.toml"))
        missed = failing(Found.read(case, expected))
    for name, why in missed.items():
        print("listed" if name in listed else "MISSED", f"{name}: {why}")
    for name in sorted(listed - set(missed)):
        print("HOLDS ", name)
    print(
        f"{len(checks(expected)) - len(missed)} of {len(checks(expected))} checks hold, {len(listed)} are listed as shortfalls"
    )
    return int(bool(set(missed) ^ listed))


if __name__ == "__main__":
    sys.exit(main())
