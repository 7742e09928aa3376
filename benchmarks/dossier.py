"""The dossier at size: CPU seconds to write it, the largest page, the slowest first paint of the largest page of each kind.

usage: dossier.py [--json] [--incidents N] [--claims M] [--open]

Makes a case of invented tables (1,000 incidents, one of them of a tenth of all claims, 20,000 claims, 500 sources by default) and
publishes it. With `--open` no event is protected, so that no two incidents share a point of the coarse grid: the most the map can hold.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import shutil
import tempfile
import time
from pathlib import Path

from leadline import schema as s
from leadline.engine.duckdb import DuckDBEngine
from leadline.progress import SILENT
from leadline.publish import publish_dossier
from leadline.settings import Settings

WORDS = [
    "soldiers",
    "of",
    "the",
    "brigade",
    "refused",
    "an",
    "order",
    "to",
    "attack",
    "near",
    "the",
    "river",
    "and",
    "were",
    "held",
    "in",
    "a",
    "cellar",
    "for",
    "days",
    "without",
    "food",
    "said",
    "the",
    "agency",
]
EVENTS = ("refusal", "unlawful-detention", "losses", "territory", "public-appeal", "desertion")


def tables(n_incidents: int, n_claims: int, events: tuple[str, ...] = EVENTS) -> dict[s.Table, list[s.Record]]:
    """Invented records: 20 claims a document, each claim with an origin, incidents of equal size."""
    rng = random.Random(1)
    documents: list[s.Record] = []
    claims: list[s.Claim] = []
    for d in range(n_claims // 20):
        sentences = [" ".join(rng.choices(WORDS, k=22)).capitalize() + "." for _ in range(20)]
        text, name = "", f"document-{d:05d}.txt"
        for k, sentence in enumerate(sentences):
            start = len(text)
            text += sentence + ("\n\n" if k % 4 == 3 else " ")
            hop = s.Hop(name="the agency", canonical=f"Agency {(d * 20 + k) % 480}", cue="said", start=None, end=None)
            claims.append(
                s.Claim(
                    claim_id=f"{name}#c{k:04d}",
                    document=name,
                    start=start,
                    end=start + len(sentence),
                    quote=sentence,
                    event=events[(d * 20 + k) % n_incidents % len(events)],
                    realis="actual",
                    medium="testimony",
                    verification="not-stated",
                    chain=(hop,),
                )
            )
        documents.append(
            s.Document(
                document=name,
                sha256=f"{d:064d}",
                text=text,
                series=f"outlet-{d % 40}",
                publisher=f"outlet-{d % 40}",
                language="en",
            )
        )
    origins = [
        s.Origin(
            origin_id=f"o{k}",
            kind="statement",
            medium="testimony",
            speaker=f"Agency {k % 20}",
            documents=(),
            claims=tuple(c.claim_id for c in claims[k::4000]),
        )
        for k in range(4000)
    ]
    where = {c.claim_id: k for k, c in enumerate(claims)}
    incidents = []
    large = n_claims // 10  # one incident that everybody tells
    for i in range(n_incidents):
        mine = claims[:large] if i == 0 else claims[large:][i - 1 :: n_incidents - 1]
        held = tuple(f"o{k}" for k in sorted({where[c.claim_id] % 4000 for c in mine[:20]}))
        place = s.Place(
            name=f"Village {i}",
            lat=47 + rng.random() * 4,
            lon=34 + rng.random() * 6,
            precision_m=3000.0,
            gazetteer_id=str(i),
        )
        day = f"2022-{1 + i % 12:02d}-{1 + i % 28:02d}"
        incidents.append(
            s.Incident(
                incident_id=f"i{i}",
                event=mine[0].event,
                claims=tuple(c.claim_id for c in mine),
                documents=tuple(sorted({c.document for c in mine})),
                origins=held,
                n_documents=len({c.document for c in mine}),
                n_series=3,
                n_origins=len(held),
                n_independent=len(held),
                lines=tuple(s.EvidenceLine(origins=(o,), reason="alone") for o in held),
                place=place,
                time=s.TimeInterval(start=day, end=day, phrase="then"),
            )
        )
    edges = {(f"outlet-{d % 40}", f"agency {(d * 20 + k) % 480}") for d in range(n_claims // 20) for k in range(20)}
    graph = [
        s.SourceEdge(
            relying=a, relying_name=a, relying_kind="publisher", relied_on=b, relied_on_name=b.title(), relied_on_kind="body", kind="releases", n_claims=3,
        )
        for a, b in sorted(edges)
    ]  # fmt: skip
    return {
        s.DOCUMENTS: documents,
        s.CLAIMS: list(claims),
        s.ORIGINS: list(origins),
        s.SOURCE_EDGES: list(graph),
        s.INCIDENTS: sorted(incidents, key=lambda i: i.incident_id),
    }


def paints(folder: Path) -> dict[str, float] | None:
    """Milliseconds to the first paint with content of the largest page of each kind, the median of five; None without a browser."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or importlib.util.find_spec("playwright") is None:
        return None
    from playwright.sync_api import sync_playwright

    largest: dict[str, Path] = {}
    for page in sorted(folder.rglob("*.html")):
        kind = page.stem if page.parent == folder else f"{page.parent.name}/*"
        if kind not in largest or page.stat().st_size > largest[kind].stat().st_size:
            largest[kind] = page
    found = {}
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for kind, path in largest.items():
            times = []
            for _ in range(5):
                tab = browser.new_page()
                tab.goto(path.as_uri())
                paint = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
                tab.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0")
                times.append(tab.evaluate(paint))
                tab.close()
            found[kind] = sorted(times)[2]
        browser.close()
    return found


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--incidents", type=int, default=1000)
    arguments.add_argument("--claims", type=int, default=20000)
    arguments.add_argument("--open", action="store_true")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = DuckDBEngine(folder / "tables", {})
        found = tables(given.incidents, given.claims, ("losses", "territory") if given.open else EVENTS)
        for stage in ("ingest", "extract", "trace", "link", "estimate"):
            engine.begin(stage)
            for t, rows in found.items():
                if t.stage == stage:
                    engine.write(t, rows)
            engine.seal(stage, stage * 4)
            engine.commit(stage, stage * 4)
        (folder / "dossier").mkdir()
        began = time.process_time()
        publish_dossier(engine, Settings(), folder / "dossier", SILENT)
        pages = sorted((folder / "dossier").rglob("*.html"), key=lambda p: p.stat().st_size)
        figures = {
            "CPU seconds to write": time.process_time() - began,
            "pages": float(len(pages)),
            "largest page, MB": pages[-1].stat().st_size / 1e6,
        }
        found = paints(folder / "dossier")
        if found is not None:
            figures["slowest first paint, s"] = max(found.values()) / 1000
        if given.json:
            print(json.dumps(figures))
            return
        for key, value in figures.items():
            print(f"{key}: {value:.2f}" + (f" ({pages[-1].name})" if key.startswith("largest") else ""))
        for kind, milliseconds in sorted((found or {}).items(), key=lambda x: -x[1]):
            print(f"  {kind}: {milliseconds:.0f} ms to the first paint")
        if found is None:
            print("no browser here: first paint was not measured")


if __name__ == "__main__":
    main()
