"""Heaps at the edges: no claim, one claim, one text 200 times, one outlet alone. Quick, and counted right."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from leadline.link import link_incidents
from leadline.pipeline import run_case
from leadline.progress import SILENT
from leadline.schema import (
    ATTRIBUTIONS,
    CLAIMS,
    DOCUMENTS,
    INCIDENTS,
    ORIGINS,
    PARTITIONS,
    RELATIONS,
    SOURCE_EDGES,
    Claim,
    Document,
    Hop,
    Incident,
    Origin,
    Published,
    Relation,
    SourceEdge,
)
from leadline.settings import Settings
from leadline.trace import trace_origins

ORDER = "A commander of the 77th Regiment orders his gunners to shoot soldiers who leave the trench near Ostrel."
SPEECH = "“Whoever turns his back is no longer one of us,” the commander says on the recording."
LEAD = "Varn intelligence put the call online on Tuesday and did not say how it was obtained."


def report(
    name: str, *, outlet: str, first: str = LEAD, body: str = "Varn intelligence"
) -> tuple[Document, list[Claim]]:
    """A short report with two claims of one call."""
    text, claims = first + " ", []
    for k, sentence in enumerate((ORDER, SPEECH)):
        hops = tuple(Hop(name=h, canonical=h, cue="says", start=None, end=None) for h in (body, "commander"))
        claims.append(
            Claim(
                claim_id=f"{name}-{k}", document=name, start=len(text), end=len(text) + len(sentence), quote=sentence,
                event="order-to-fire", realis="ordered", medium="intercepted-call", verification="not-stated",
                chain=hops, unit="77th regiment",
            )
        )  # fmt: skip
        text += sentence + " "
    return Document(document=name, sha256=name, text=text, publisher=outlet, series=outlet, language="en"), claims


@pytest.fixture
def linked(make_engine):
    """Trace and link over reports; the engine, and how many processor seconds it took."""

    def run(reports):
        documents = [d for d, _ in reports]
        claims = [c for _, told in reports for c in told]
        engine = make_engine({DOCUMENTS: documents, CLAIMS: claims, ATTRIBUTIONS: []})
        settings = Settings(shipped_register=False, partition_draws=20)
        started = time.process_time()
        for stage, work in (("trace", trace_origins), ("link", link_incidents)):
            engine.begin(stage)
            work(engine, settings, SILENT)
            engine.seal(stage, stage * 4)
            engine.commit(stage, stage * 4)
        return engine, time.process_time() - started

    return run


def counts(engine) -> list[tuple[int, int, int, int]]:
    return [(i.n_documents, i.n_series, i.n_origins, i.n_independent) for i in engine.records(INCIDENTS, Incident)]


def test_odd_heap_of_one_text_200_times_is_one_line(linked):
    reports = [report(f"d{k:03d}", outlet=f"Outlet {k}") for k in range(200)]
    engine, seconds = linked(reports)
    assert counts(engine) == [(200, 200, 1, 1)]
    assert [len(o.claims) for o in engine.records(ORIGINS, Origin)] == [400]
    assert engine.count(RELATIONS) == 199  # each copy with the first, not with each other
    assert engine.count(PARTITIONS) == 20 * 400
    assert seconds < 20


def test_odd_heap_of_one_outlet_is_one_series_and_tied(linked):
    days = ("Monday", "Friday", "a holiday")
    reports = [
        report(f"d{k}", outlet="Ferry Post", first=f"The post of {day} brought this to us.")
        for k, day in enumerate(days)
    ]
    engine, _ = linked(reports)
    assert counts(engine) == [(3, 1, 1, 1)]


def test_odd_heap_of_one_outlet_with_other_calls_stays_one_line(linked):
    """One body released all of them: however many calls, they count once."""
    reports = []
    for k, (unit, words) in enumerate(
        (
            ("12th", "Burn the boats before the frost."),
            ("9th", "Nobody gets bread today."),
            ("30th", "Leave the lock to us and be quiet."),
        )
    ):
        d, claims = report(f"d{k}", outlet="Ferry Post")
        swap = {ORDER: ORDER.replace("77th", unit), SPEECH: f"“{words}” says a voice to his men."}
        text = d.text
        made = []
        for c in claims:
            new = swap[c.quote]
            text = text.replace(c.quote, new)
            made.append((c, new))
        placed = [
            Claim(
                **{
                    **{f: getattr(c, f) for f in c.__struct_fields__},
                    "quote": q,
                    "start": text.index(q),
                    "end": text.index(q) + len(q),
                    "unit": f"{unit} regiment",
                }
            )
            for c, q in made
        ]
        reports.append(
            (
                Document(
                    document=d.document,
                    sha256=d.sha256,
                    text=text,
                    publisher="Ferry Post",
                    series="Ferry Post",
                    language="en",
                ),
                placed,
            )
        )
    engine, _ = linked(reports)
    found = counts(engine)
    assert all(lines == 1 for *_, lines in found)
    assert {o.released_by for o in engine.records(ORIGINS, Origin)} == {"Varn intelligence"}


def cited(name: str, outlet: str, source: str, day: str) -> tuple[Document, list[Claim]]:
    """A report that has all of it from another outlet."""
    quote = f"Guards of the 77th Regiment fired on nine men who left the mill at Ostrel, the {source} reports."
    hop = Hop(name=source, canonical=source, cue="reports", start=None, end=None)
    claim = Claim(
        claim_id=f"{name}-0", document=name, start=0, end=len(quote), quote=quote, event="order-to-fire", realis="actual",
        medium="not-stated", verification="not-stated", chain=(hop,), unit="77th regiment",
    )  # fmt: skip
    published = Published(start=day, end=day, basis="given", evidence="test")
    text = f"{quote} Rain fell on the {outlet}'s town for days."
    return Document(
        document=name, sha256=name, text=text, publisher=outlet, series=outlet, language="en", published=published
    ), [claim]


@pytest.mark.parametrize("n", [2, 3, 7])
def test_odd_heap_of_a_cycle_of_citations_is_no_line_at_all(linked, n):
    """Each outlet has it from the next, and the last from the first; none of them is in any register."""
    outlets = [f"{x} Courier" for x in ("Ferry", "Sund", "Mill", "Ridge", "Dune", "Canal", "Moor")][:n]
    engine, _ = linked([cited(f"d{k}", o, outlets[(k + 1) % n], "2031-03-09") for k, o in enumerate(outlets)])
    assert counts(engine) == [(n, n, 0, 0)]
    assert [(o.kind, o.released_by, o.evidence[0].rule) for o in engine.records(ORIGINS, Origin)] == [
        ("reports", None, "circular")
    ]
    edges = list(engine.records(SOURCE_EDGES, SourceEdge))
    cites = [(e.ring, e.n_circular) for e in edges if e.kind == "cites"]
    assert cites == [(min(o.lower() for o in outlets), 1)] * n
    assert {i.credibility_ceiling for i in engine.records(INCIDENTS, Incident)} == {2}


def test_odd_heap_with_dates_before_their_sources(linked):
    """A copy that credits its source is dated before it: the words count for more than a collector's date."""
    source, told = report("b", outlet="Ferry Post")
    copy, again = report("a", outlet="Sund News", first="The Ferry Post first reported this. " + LEAD)
    on = {"a": "2031-03-01", "b": "2031-03-08"}
    dated = [
        (
            msgspec.structs.replace(
                d, published=Published(start=on[d.document], end=on[d.document], basis="given", evidence="test")
            ),
            claims,
        )
        for d, claims in ((source, told), (copy, again))
    ]
    engine, _ = linked(dated)
    assert counts(engine) == [(2, 2, 1, 1)]
    (r,) = engine.records(RELATIONS, Relation)
    assert (r.document, r.other, r.direction) == ("a", "b", "from")
    assert "credit" in {e.rule for e in r.evidence}


@pytest.mark.parametrize("n", [0, 1])
def test_odd_heap_whole_flow_with_no_claim_and_with_one(tmp_path: Path, n: int):
    heap = tmp_path / "heap"
    heap.mkdir()
    (heap / "bakery.txt").write_text("The bakery on Mill Street opened a second shop on Friday.", encoding="utf-8")
    if n:
        told = "At least 40 conscripts deserted from a training ground near the river in April 2021, the ministry said."
        (heap / "ministry.txt").write_text(told, encoding="utf-8")
    started = time.process_time()
    summary = run_case([heap], tmp_path / "case", Settings(workers=1))
    assert (summary.kept, summary.refused, summary.claims) == (1 + n, 0, n)
    assert summary.independent <= n
    assert Path(summary.dossier).exists()
    assert time.process_time() - started < 60
