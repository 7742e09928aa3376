"""The dossier at size: seconds to write, the largest page, time to first paint.

usage: dossier.py [--json] [--incidents N] [--claims M]

Makes a case of invented tables (1,000 incidents and 20,000 claims by default) and publishes it.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
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


def tables(n_incidents: int, n_claims: int) -> dict[s.Table, list[s.Record]]:
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
            hop = s.Hop(name="the agency", canonical=f"Agency {k}", cue="said", start=None, end=None)
            claims.append(
                s.Claim(
                    claim_id=f"{name}#c{k:04d}",
                    document=name,
                    start=start,
                    end=start + len(sentence),
                    quote=sentence,
                    event=EVENTS[(d * 20 + k) % n_incidents % len(EVENTS)],
                    realis="actual",
                    medium="testimony",
                    verification="not-stated",
                    chain=(hop,),
                )
            )
        documents.append(
            s.Document(document=name, sha256=f"{d:064d}", text=text, series=f"outlet-{d % 40}", language="en")
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
    incidents = []
    for i in range(n_incidents):
        mine = claims[i::n_incidents]
        held = tuple(f"o{k}" for k in sorted({int(claims.index(mine[0])) % 4000}))
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
                n_origins=1,
                n_independent=1,
                lines=(s.EvidenceLine(origins=held, reason="alone"),),
                place=place,
                time=s.TimeInterval(start=day, end=day, phrase="then"),
            )
        )
    return {s.DOCUMENTS: documents, s.CLAIMS: list(claims), s.ORIGINS: list(origins), s.INCIDENTS: list(incidents)}


def first_paint(page: Path) -> float | None:
    """Seconds from the start of Chromium to the dumped page, less the same for an empty page."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return None

    def run(url: str) -> float:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as profile:
            subprocess.run(
                [
                    chromium,
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--no-first-run",
                    "--disable-background-networking",
                    f"--user-data-dir={profile}",
                    "--dump-dom",
                    url,
                ],
                capture_output=True,
                check=True,
            )
        return time.monotonic() - began

    return max(0.0, min(run(page.as_uri()) for _ in range(3)) - min(run("about:blank") for _ in range(3)))


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--incidents", type=int, default=1000)
    arguments.add_argument("--claims", type=int, default=20000)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = DuckDBEngine(folder / "tables", {})
        found = tables(given.incidents, given.claims)
        for stage in ("ingest", "extract", "trace", "link", "estimate"):
            engine.begin(stage)
            for t, rows in found.items():
                if t.stage == stage:
                    engine.write(t, rows)
            engine.seal(stage, stage * 4)
            engine.commit(stage, stage * 4)
        (folder / "dossier").mkdir()
        began = time.monotonic()
        publish_dossier(engine, Settings(), folder / "dossier", SILENT)
        figures: dict[str, float | None] = {"seconds to write": time.monotonic() - began}
        largest = max((folder / "dossier").rglob("*.html"), key=lambda p: p.stat().st_size)
        figures["largest page, MB"] = largest.stat().st_size / 1e6
        figures["largest page, seconds to load"] = first_paint(largest)
        if given.json:
            print(json.dumps(figures))
        else:
            for key, value in figures.items():
                print(
                    f"{key}: {'no Chromium here' if value is None else f'{value:.2f}'}"
                    + (f" ({largest.name})" if key == "largest page, MB" else "")
                )


if __name__ == "__main__":
    main()
