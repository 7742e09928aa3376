"""Reports of shootings through the real flow: are what `link` says of pairs and what it draws right about the incidents?

usage: link_reports.py [--shared DIR] [--case DIR [--start STAGE]] [--json] [--as documents|claims|incidents]

The 78 reports of the Gun Violence Corpus, validation part, as files named by nothing but a number: ingest, extract with the codebook
`link_reports.toml`, trace, and link with `link_reports_parameters.toml` (written from general knowledge, not on these reports). Known are the incident of each report and,
for the words that annotators marked, whether they tell that incident or another one. A claim is of the report's
incident where marked words of it stand inside, of another where only such words do; the rest is not asked about.
  documents   B3 of the reports: each by the incident that holds most of its claims, arrests aside; one without a claim is alone
  claims      B3 of the claims, arrests apart from what led to them
  calibration   expected calibration error, ten bins, of the compared pairs: of their probabilities, and of the share of draws
              in which they are together; of all pairs, and of those between two reports
--case keeps the case there, so that a later run can start from a later stage (`--start link`).
--as prints what is not right: reports whose claims fell apart, pairs judged wrongly, or incidents that mix reports
Exit code 77 where the corpus is not beside the repository.
"""

from __future__ import annotations

import argparse
import collections
import csv
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from lineage import b3, diagram, ece, f1

from leadline.link.learned import usual_odds
from leadline.link.parameters import load_parameters
from leadline.link.scores import probability
from leadline.pipeline import open_case, run_case
from leadline.schema import CLAIMS, DOCUMENTS, INCIDENTS, PAIRS, PARTITIONS
from leadline.settings import Settings

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared"
CODEBOOK = HERE / "link_reports.toml"
PARAMETERS = HERE / "link_reports_parameters.toml"
SKIPPED = 77
STAGES = ("ingest", "extract", "trace", "link")
PARAGRAPH = "//n"
BEFORE, AFTER = set(".,;:!?)]}%'’”…"), set("([{$“‘#")
CLITIC = re.compile(r"^(?:['’](?:s|re|ve|ll|d|m|t)|n['’]t)$", re.IGNORECASE)
OTHER = "0"
"""How the annotators call an incident that is not the report's."""


@dataclass(frozen=True)
class Report:
    """One report: its text, day and incident, and which stretches of the text tell of which incident."""

    name: str
    text: str
    day: str
    incident: str
    marked: tuple[tuple[int, int, str], ...] = ()


def joined(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Text of a tokenised passage as one would print it, and where each token stands in it.

    >>> joined(["A", "3-year", "-", "old", "did", "n't", "wake", ",", "they", "say", "."])[0]
    "A 3-year-old didn't wake, they say."
    """
    text, at, glued, open_quote = "", [], True, False
    for k, token in enumerate(tokens):
        if token == PARAGRAPH:
            text, glued = text.rstrip() + "\n\n", True
            at.append((len(text), len(text)))
            continue
        closes = token in BEFORE or bool(CLITIC.match(token)) or (token == '"' and open_quote)
        hyphen = (
            token == "-" and 0 < k < len(tokens) - 1 and tokens[k + 1][:1].islower() and tokens[k - 1][-1:].isalnum()
        )
        if not (glued or closes or hyphen):
            text += " "
        at.append((len(text), len(text) + len(token)))
        text += token
        glued = token in AFTER or hyphen or (token == '"' and not open_quote)
        if token == '"':
            open_quote = not open_quote
    return text, at


def read_reports(folder: Path) -> list[Report]:
    """The reports of a part of the corpus, in the order of names that hide the incident."""
    sentences: dict[str, dict[int, list[str]]] = {}
    for line in (folder / "dataset.conll").read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if len(fields) >= 5:
            sentences.setdefault(fields[0], {}).setdefault(int(fields[1]), []).append(fields[3])
    told: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
    for m in json.loads((folder / "event_mentions.json").read_text(encoding="utf-8")):
        told[m["conll_doc_key"]].append(m)
    made = []
    for n, key in enumerate(sorted(sentences, key=lambda k: k.rsplit("/", 1)[1])):
        first, *rest = sorted(sentences[key])
        text, at = "", {}
        for k in rest:
            passage, spans = joined(sentences[key][k])
            at[k] = [(a + len(text), b + len(text)) for a, b in spans]
            text += passage + ("\n\n" if k == rest[0] else " ")
        marked = [
            (at[m["sent_id"]][m["tokens_number"][0]][0], at[m["sent_id"]][m["tokens_number"][-1]][1], m["description"].split(".")[0])
            for m in told[key]
            if m["sent_id"] in at
        ]  # fmt: skip
        made.append(Report(f"g{n:04d}.txt", text, sentences[key][first][0], key.split("/")[1], tuple(sorted(marked))))
    return made


def truth(claim: Mapping[str, Any], report: Report, kind: str) -> str | None:
    """The incident that a claim tells by what is marked inside it, `other:` for one that is not the report's, None where nothing is.

    Arrests for a shooting are events of their own, so that the kind of event belongs to the name.
    """
    inside = {i for a, b, i in report.marked if claim["start"] <= a and b <= claim["end"]}
    if not inside:
        return None
    if report.incident in inside:
        return f"{report.incident}/{kind}"
    return f"other:{claim['claim_id']}"


@dataclass(frozen=True)
class Linked:
    """What the flow made of the reports."""

    claims: list[dict[str, Any]]
    pairs: list[dict[str, Any]]
    incidents: list[dict[str, Any]]
    draws: list[tuple[int, str, str]]


def run(reports: Sequence[Report], draws: int, kept_in: Path | None = None, start: str = "ingest") -> Linked:
    """Ingest, extract, trace and link the reports in a case of their own, or from a later stage on in one that was kept."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = kept_in.resolve() if kept_in else Path(temporary)
        heap = folder / "heap"
        heap.mkdir(parents=True, exist_ok=True)
        for r in reports:
            (heap / r.name).write_text(r.text, encoding="utf-8")
        with (folder / "meta.csv").open("w", encoding="utf-8", newline="") as f:
            out = csv.writer(f)
            out.writerow(["document", "published", "publisher"])
            out.writerows([r.name, r.day, ""] for r in reports)
        settings = Settings(
            meta=str(folder / "meta.csv"),
            codebook=str(CODEBOOK),
            link_parameters=str(PARAMETERS),
            partition_draws=draws,
        )
        for stage in STAGES[STAGES.index(start) :]:
            run_case([heap] if stage == "ingest" else [], folder / "case", settings, only=stage)
        with open_case(folder / "case") as (_, _, engine):
            kept = {d["document"]: d["text"] for d in engine.read(DOCUMENTS, ["document", "text"]).to_pylist()}
            if kept != {r.name: r.text for r in reports}:
                raise SystemExit("ingest changed a text: what the annotators marked is not where it was")
            drawn = engine.read(PARTITIONS).to_pydict()
            return Linked(
                engine.read(CLAIMS).to_pylist(),
                engine.read(PAIRS).to_pylist(),
                engine.read(INCIDENTS).to_pylist(),
                list(zip(drawn["draw"], drawn["claim_id"], drawn["cluster"], strict=True)),
            )


def incident_of_documents(reports: Sequence[Report], linked: Linked, arrests: set[str]) -> dict[str, str]:
    """For each report the incident that holds most of its claims; its own name where it has none."""
    held: dict[str, collections.Counter[str]] = {r.name: collections.Counter() for r in reports}
    document = {c["claim_id"]: c["document"] for c in linked.claims}
    for i in linked.incidents:
        if i["event"] not in arrests:
            for c in i["claims"]:
                held[document[c]][i["incident_id"]] += 1
    return {d: min(n, key=lambda i: (-n[i], i)) if n else d for d, n in held.items()}


def share_together(
    pairs: Iterable[tuple[str, str]], drawn: Iterable[tuple[int, str, str]]
) -> dict[tuple[str, str], float]:
    """For each pair of claims the share of draws that have them in one cluster.

    >>> share_together([("a", "b")], [(0, "a", "a"), (0, "b", "a"), (1, "a", "a"), (1, "b", "b")])
    {('a', 'b'): 0.5}
    """
    clusters: dict[str, dict[int, set[str]]] = collections.defaultdict(lambda: collections.defaultdict(set))
    n = 0
    for draw, claim, cluster in drawn:
        clusters[claim][draw].add(cluster)
        n = max(n, draw + 1)
    return {(a, b): sum(bool(clusters[a][d] & clusters[b][d]) for d in range(n)) / max(1, n) for a, b in pairs}


def points(
    said: Mapping[tuple[str, str], float], gold: Mapping[str, str], document: Mapping[str, str], *, across: bool
) -> list[tuple[float, bool]]:
    """Said probability and truth of the pairs of which the truth is known: one at least is of a known incident."""
    return [
        (p, gold[a] == gold[b])
        for (a, b), p in said.items()
        if a in gold
        and b in gold
        and not (gold[a].startswith("other:") and gold[b].startswith("other:"))
        and (not across or document[a] != document[b])
    ]


def learned_share(pairs: Iterable[Mapping[str, Any]]) -> float:
    """How likely link takes two claims of one report and two origins to tell of one event before it looks at them, averaged over such pairs."""
    usual = usual_odds(load_parameters(PARAMETERS))
    weight = [
        f["weight"]
        for p in pairs
        for f in p["features"]
        if f["field"] == "reported" and f["level"].startswith("in one document")
    ]
    return float(probability(usual + np.array(weight)).mean())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--case", type=Path)
    parser.add_argument("--start", choices=STAGES, default="ingest")
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--as", dest="shown", choices=("documents", "claims", "incidents"))
    a = parser.parse_args()
    folder = a.shared / "corpora" / "gvc" / "val"
    if not (folder / "dataset.conll").is_file():
        print("the reports are not beside the repository (shared/corpora/gvc is absent)", file=sys.stderr)
        return SKIPPED
    reports = {r.name: r for r in read_reports(folder)}
    linked = run(list(reports.values()), a.draws, a.case, a.start)
    family = {e: name for name, events in load_parameters(PARAMETERS).families.items() for e in events}
    arrests = {c["event"] for c in linked.claims} - set(family)
    document = {c["claim_id"]: c["document"] for c in linked.claims}
    known = {
        c["claim_id"]: t
        for c in linked.claims
        if (t := truth(c, reports[c["document"]], family.get(c["event"], c["event"]))) is not None
    }
    of_incident = {c: t for c, t in known.items() if not t.startswith("other:")}
    incident = {c: i["incident_id"] for i in linked.incidents for c in i["claims"]}
    single = {c for i in linked.incidents if i["is_single_event"] for c in i["claims"]}
    found = incident_of_documents(list(reports.values()), linked, arrests)
    gold = {r.name: r.incident for r in reports.values()}
    scored = {(p["claim_l"], p["claim_r"]): p["probability"] for p in linked.pairs}
    drawn = share_together(scored, linked.draws)
    figures: dict[str, float] = {
        "reports": len(reports),
        "incidents": len(set(gold.values())),
        "reports without a claim": len(reports) - len({c["document"] for c in linked.claims}),
        "claims": len(linked.claims),
        "claims of a known incident": len(of_incident),
        "claims of another incident": len(known) - len(of_incident),
        "known claims in no single event": len(set(of_incident) - single),
        "one event in a report, as learned": learned_share(linked.pairs),
        "documents B3": f1(list(b3(gold, found).values())),
        "claims B3": f1(list(b3(of_incident, incident).values())),
    }
    for name, across in (("", False), (" between reports", True)):
        pairs, together = (points(x, known, document, across=across) for x in (scored, drawn))
        figures[f"pairs{name}"] = len(pairs)
        figures[f"pairs{name}, true"] = sum(y for _, y in pairs)
        figures[f"pairs{name} ECE"] = ece(pairs)
        figures[f"partition{name} ECE"] = ece(together)
        if not a.json:
            print(
                diagram(f"pair probability{name}", pairs),
                diagram(f"drawn together{name}", together),
                sep="\n\n",
                end="\n\n",
            )
    if a.json:
        print(json.dumps(figures, indent=1))
        return 0
    for name, value in figures.items():
        print(f"{name:34} {value:.4f}" if isinstance(value, float) else f"{name:34} {value}")
    if a.shown:
        print(*wrong(a.shown, reports, linked, found, known), sep="\n")
    return 0


def wrong(
    shown: str,
    reports: Mapping[str, Report],
    linked: Linked,
    found: Mapping[str, str],
    known: Mapping[str, str],
) -> list[str]:
    """What is not right, a line each, as documents, as pairs of claims, or as incidents."""
    claims = {c["claim_id"]: c for c in linked.claims}
    if shown == "documents":
        groups = collections.defaultdict(list)
        for d, i in found.items():
            groups[reports[d].incident].append((i, d))
        return [
            f"{name}: " + "; ".join(f"{d} in {i[:12]}" for i, d in sorted(group))
            for name, group in sorted(groups.items())
            if len({i for i, _ in group}) > 1
            or any(found[d] == i and reports[d].incident != name for i, _ in group for d in found)
        ]
    if shown == "incidents":
        return [
            f"{i['incident_id'][:12]} {i['event']}: "
            + " | ".join(f"{known.get(c)} {claims[c]['document']} {claims[c]['quote']}" for c in i["claims"])
            for i in linked.incidents
            if len({reports[d].incident for d in i["documents"]}) > 1
        ]
    return [
        f"{p['probability']:.3f} {known.get(p['claim_l'])} {claims[p['claim_l']]['quote']!r} / {known.get(p['claim_r'])} {claims[p['claim_r']]['quote']!r}  "
        + ", ".join(f"{f['field']} {f['weight']:+.1f} {f['left']}~{f['right']}" for f in p["features"])
        for p in linked.pairs
        if p["claim_l"] in known
        and p["claim_r"] in known
        and ((known[p["claim_l"]] == known[p["claim_r"]]) != (p["probability"] >= 0.5))
    ]


if __name__ == "__main__":
    sys.exit(main())
