"""Adding a copy never raises a count, and the order of a heap changes nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine.duckdb import DuckDBEngine
from leadline.link.lines import Ties, counts, independent_lines, named
from leadline.progress import SILENT
from leadline.schema import (
    ATTRIBUTIONS,
    CLAIM_ORIGINS,
    CLAIMS,
    DOCUMENTS,
    ORIGIN_TIES,
    ORIGINS,
    RELATIONS,
    Claim,
    ClaimOrigin,
    Document,
    Hop,
    Origin,
    OriginTie,
    Published,
)
from leadline.settings import Settings
from leadline.trace import trace_origins

STORIES = (
    (
        "Harbour Times",
        "2031-03-02",
        (
            ("Guards of the 412 Brigade fired on nine drivers who left the mill at Ostrel.", ("Varn intelligence", "soldier")),
            ("“Nobody answers on the second channel and the boats were burned by Tarvo,” the soldier says.", ("Varn intelligence", "soldier")),
            ("The Lenva crossing has been closed to lorries since the autumn floods.", ()),
            ("A nurse called Dalia Kors counted nineteen men in the yard of the granary.", ("Dalia Kors",)),
        ),
    ),
    (
        "Ferry Post",
        "2031-03-05",
        (
            ("Forty recruits at Hemmel asked the governor for boots and for leave.", ("recruits",)),
            ("The governor's office in Grote knows of no such request.", ("governor's office in Grote",)),
            ("Nobody told the Ferry Post who had opened the school for them.", ()),
        ),
    ),
    (
        "Sund News",
        None,
        (
            ("A second call has a commander threaten men near Pravin with the river.", ("Varn intelligence", "commander")),
            ("“Whoever turns round at the lock will swim with stones in his coat,” he says.", ("Varn intelligence", "commander")),
            ("Barges have carried coal past Sulmor all winter.", ()),
        ),
    ),
)  # fmt: skip


SPUN = {
    "fired on": "opened fire at", "drivers": "motorists", "left": "departed", "crossing": "traverse", "closed": "shut",
    "autumn floods": "fall floods", "nurse": "health practitioner", "counted": "tallied", "yard": "garden",
    "asked": "requested", "boots": "footwear", "leave": "vacation", "request": "solicitation", "school": "college",
    "Nobody": "No one", "threaten": "menace", "river": "stream", "carried": "transported", "winter": "wintertime",
}  # fmt: skip
FOREIGN = {
    "fired on": "have fired on", "who left": "which have left", "says.": "assures.", "has been closed": "is closed",
    "since the": "since the", "counted": "has counted", "asked": "have asked", "knows of": "knows nothing of",
    ", ": " , ", "Tarvo": "Tarvaux", "Kors": "Korsse", "Pravin": "Pravine", "Sulmor": "Soulmor",
}  # fmt: skip


def disguised(sentence, words):
    for plain, put in (words or {}).items():
        sentence = sentence.replace(plain, put)
    return sentence


def document(name, story, *, publisher=None, day=None, sentences=None, headline="", words=None):
    outlet, own_day, told = story
    chosen = told if sentences is None else told[: max(1, sentences)]
    text, claims = headline, []
    for k, (plain, chain) in enumerate(chosen):
        sentence = disguised(plain, words)
        hops = tuple(Hop(name=h, canonical=h, cue="said", start=None, end=None) for h in chain)
        medium = "intercepted-call" if "Varn intelligence" in chain else "testimony" if chain else "not-stated"
        claims.append(
            Claim(
                claim_id=f"{name}-{k}", document=name, start=len(text), end=len(text) + len(sentence), quote=sentence,
                event="order-to-fire", realis="actual", medium=medium, verification="not-stated", chain=hops,
            )
        )  # fmt: skip
        text += sentence + " "
    when = day or own_day
    published = Published(start=when, end=when, basis="given", evidence="test") if when else None
    return (
        Document(document=name, sha256=name, text=text, publisher=publisher or outlet, series=publisher or outlet, language="en", published=published),
        claims,
    )  # fmt: skip


def trace(made):
    with tempfile.TemporaryDirectory() as folder:
        engine = DuckDBEngine(Path(folder), {})
        for stage, tables in (
            ("ingest", {DOCUMENTS: [d for d, _ in made]}),
            ("extract", {CLAIMS: [c for _, cs in made for c in cs], ATTRIBUTIONS: []}),
        ):
            engine.begin(stage)
            for table, records in tables.items():
                engine.write(table, records)
            engine.seal(stage, stage * 4)
            engine.commit(stage, stage * 4)
        engine.begin("trace")
        trace_origins(engine, Settings(shipped_register=False), SILENT)
        engine.seal("trace", "trace" * 4)
        engine.commit("trace", "trace" * 4)
        origins = {o.origin_id: o for o in engine.records(ORIGINS, Origin)}
        of = {x.claim_id: x.origin_id for x in engine.records(CLAIM_ORIGINS, ClaimOrigin)}
        ties = Ties(engine.records(ORIGIN_TIES, OriginTie))
        tables = [engine.read(t) for t in (ORIGINS, CLAIM_ORIGINS, ORIGIN_TIES, RELATIONS)]
    return origins, of, ties, tables


def figures(origins, of, ties, claims=None):
    """Origins, origins that count, independent lines; of these claims or of all."""
    held = sorted({o for c, o in of.items() if claims is None or c in claims})
    return len(named(held, origins)), sum(counts(origins[o]) for o in held), len(independent_lines(held, origins, ties))


BASE = [document(f"m{k}", story) for k, story in enumerate(STORIES)]
copies = st.lists(
    st.tuples(
        st.integers(0, 2),  # of which story
        st.sampled_from(["a", "n", "z"]),  # id before or after the original's
        st.sampled_from(["Mill Journal", "Tide Daily", "Harbour Times"]),
        st.sampled_from([None, "2031-01-01", "2031-03-04", "2032-05-05"]),  # also dated before what it copies
        st.sampled_from([None, 2, 3]),  # the whole, or the first sentences only
        st.sampled_from(["", "Another headline altogether\n"]),
        st.sampled_from([None, SPUN, FOREIGN]),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(copies)
def test_properties_adding_copies_never_raises_a_count(chosen):
    made = [
        document(f"{prefix}{k}", STORIES[s], publisher=outlet, day=day, sentences=n, headline=headline, words=words)
        for k, (s, prefix, outlet, day, n, headline, words) in enumerate(chosen)
    ]
    before = trace(BASE)
    after = trace(BASE + made)
    claims = {c.claim_id for _, cs in BASE for c in cs}
    assert all(a <= b for a, b in zip(figures(*after[:3]), figures(*before[:3]), strict=True))
    assert all(a <= b for a, b in zip(figures(*after[:3], claims), figures(*before[:3], claims), strict=True))


@settings(max_examples=4, deadline=None, derandomize=True)
@given(st.permutations([*BASE, document("x", STORIES[0], publisher="Mill Journal", sentences=3)]))
def test_properties_order_of_documents_changes_nothing(order):
    usual = [*BASE, document("x", STORIES[0], publisher="Mill Journal", sentences=3)]
    assert trace(order)[3] == trace(usual)[3]
