"""How many sources is that really: the lineage benchmark.

usage: lineage.py [--heaps N] [--first-seed S] [--json]

Generates heaps with known lineage (lineage_world.py) and prints, beside TF-IDF and MinHash in the same run:
  B3 over claims (predicted against true origin), in all and by disguise
  exact   share of claims whose incident has exactly the true number of origins
  relations   share of true relations found with the right kind, and with the right kind and direction; share of the
              found copies, excerpts, rewrites and translations between documents of one descent; share of these and of
              shared passages between documents that tell of one origin
  incidents   B3 over claims
  calibration   expected calibration error of pair probabilities and of pairs drawn together in the partition draws
"""

from __future__ import annotations

import argparse
import collections
import json
import tempfile
import time
from pathlib import Path

import numpy as np
from lineage_world import World, make_heap, register_toml
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from leadline.engine.duckdb import DuckDBEngine
from leadline.link import link_incidents
from leadline.progress import SILENT
from leadline.schema import (
    ATTRIBUTIONS,
    CLAIM_ORIGINS,
    CLAIMS,
    DOCUMENTS,
    INCIDENTS,
    ORIGINS,
    PAIRS,
    PARTITIONS,
    RELATIONS,
)
from leadline.settings import Settings
from leadline.trace import trace_origins

SAME_DIRECTION = {"from": 0, "to": 1}


def run(world: World, folder: Path) -> DuckDBEngine:
    """The two stages over one heap."""
    register = folder / "register.toml"
    register.write_text(register_toml(), encoding="utf-8")
    settings = Settings(registers=(str(register),), shipped_register=False, partition_draws=40)
    engine = DuckDBEngine(folder / "tables", {}, batch_size=256)
    for stage, work in (
        ("ingest", lambda: engine.write(DOCUMENTS, world.documents)),
        ("extract", lambda: (engine.write(CLAIMS, world.claims), engine.write(ATTRIBUTIONS, []))),
        ("trace", lambda: trace_origins(engine, settings, SILENT)),
        ("link", lambda: link_incidents(engine, settings, SILENT)),
    ):
        engine.begin(stage)
        work()
        engine.seal(stage, stage * 4)
        engine.commit(stage, stage * 4)
    return engine


def b3(gold: dict[str, str], predicted: dict[str, str]) -> dict[str, float]:
    """B-cubed F1 contribution of every item: (precision, recall)."""
    found = {c: predicted.get(c, c) for c in gold}
    both = collections.Counter((g, found[c]) for c, g in gold.items())
    true, said = collections.Counter(gold.values()), collections.Counter(found.values())
    return {c: (both[g, found[c]] / said[found[c]], both[g, found[c]] / true[g]) for c, g in gold.items()}


def f1(pairs: list[tuple[float, float]]) -> float:
    """F1 of mean precision and mean recall."""
    if not pairs:
        return float("nan")
    p, r = (float(np.mean(x)) for x in zip(*pairs, strict=True))
    return 2 * p * r / (p + r)


def exact(gold: dict[str, str], predicted: dict[str, str], incident_of: dict[str, str]) -> list[bool]:
    """For every claim whether its true incident has the true number of origins."""
    true, found = collections.defaultdict(set), collections.defaultdict(set)
    for c, i in incident_of.items():
        true[i].add(gold[c])
        found[i].add(predicted.get(c, c))
    return [len(true[i]) == len(found[i]) for i in incident_of.values()]


def tfidf(world: World) -> dict[str, str]:
    """Baseline: documents grouped by TF-IDF with average linkage; all claims of a group have one origin."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    x = TfidfVectorizer(sublinear_tf=True).fit_transform([d.text for d in world.documents])
    distance = 1 - np.clip((x @ x.T).toarray(), 0, 1)
    np.fill_diagonal(distance, 0)
    label = fcluster(linkage(squareform(distance, checks=False), "average"), 0.6, "distance")
    return _by_document(world, dict(zip((d.document for d in world.documents), label.tolist(), strict=True)))


def minhash(world: World) -> dict[str, str]:
    """Baseline: documents grouped by MinHash over word 3-grams at Jaccard .5."""
    from rensa import RMinHash

    texts = [d.text.lower().split() for d in world.documents]
    sets = [[" ".join(t[i : i + 3]) for i in range(max(1, len(t) - 2))] for t in texts]
    rows = np.array(RMinHash.digest_matrix_from_token_sets(sets, 128, 1).to_rows())
    parent = list(range(len(rows)))

    def find(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for i in range(len(rows)):
        for j in np.flatnonzero((rows[i + 1 :] == rows[i]).mean(axis=1) >= 0.5):
            parent[find(i + 1 + int(j))] = find(i)
    return _by_document(world, {d.document: find(i) for i, d in enumerate(world.documents)})


def _by_document(world: World, group: dict[str, int]) -> dict[str, str]:
    return {c.claim_id: f"{group[c.document]}" for c in world.claims}


def ece(points: list[tuple[float, bool]]) -> float:
    """Expected calibration error over ten bins."""
    bins = collections.defaultdict(list)
    for p, y in points:
        bins[min(9, int(p * 10))].append((p, y))
    return sum(len(b) * abs(np.mean([p for p, _ in b]) - np.mean([y for _, y in b])) for b in bins.values()) / max(
        1, len(points)
    )


def diagram(title: str, points: list[tuple[float, bool]]) -> str:
    """A reliability diagram as a table: of the pairs said to be together with some probability, the share that is."""
    lines = [f"{title:22} {'pairs':>8} {'said':>6} {'true':>6}"]
    for low in range(10):
        inside = [(p, y) for p, y in points if min(9, int(p * 10)) == low]
        if inside:
            said, true = (float(np.mean([x[k] for x in inside])) for k in (0, 1))
            lines.append(f"{low / 10:.1f} to {low / 10 + 0.1:.1f}             {len(inside):8} {said:6.3f} {true:6.3f}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heaps", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--misses", action="store_true", help="print what was not right in relations")
    a = parser.parse_args()
    scores: dict[str, dict[str, list]] = collections.defaultdict(lambda: collections.defaultdict(list))
    exacts: dict[str, list[bool]] = collections.defaultdict(list)
    relations: dict[str, list[tuple[bool, bool]]] = collections.defaultdict(list)
    within: list[bool] = []
    told_alike: list[bool] = []
    incidents: list[tuple[float, float]] = []
    pair_points: list[tuple[float, bool]] = []
    draw_points: list[tuple[float, bool]] = []
    started, n_documents = time.perf_counter(), 0
    for seed in range(a.first_seed, a.first_seed + a.heaps):
        world = make_heap(seed, 50 + 37 * seed % 251)
        n_documents += len(world.documents)
        with tempfile.TemporaryDirectory() as folder:
            engine = run(world, Path(folder))
            found = {r["claim_id"]: r["origin_id"] for r in engine.read(CLAIM_ORIGINS).to_pylist()}
            rows = engine.read(RELATIONS, ["document", "other", "kind", "direction"]).to_pylist()
            linked = {c: i["incident_id"] for i in engine.read(INCIDENTS).to_pylist() for c in i["claims"]}
            pairs = engine.read(PAIRS, ["claim_l", "claim_r", "probability"]).to_pylist()
            draws = collections.defaultdict(list)
            for r in engine.read(PARTITIONS).to_pylist():
                draws[r["claim_id"]].append(r["cluster"])
            assert engine.count(ORIGINS) <= len(world.claims)
        for method, predicted in (("leadline", found), ("tf-idf", tfidf(world)), ("minhash", minhash(world))):
            for c, value in b3(world.origin_of, predicted).items():
                scores[method][world.disguise_of[c]].append(value)
            exacts[method] += exact(world.origin_of, predicted, world.incident_of)
        told = collections.defaultdict(set)
        for c in world.claims:
            told[c.document].add(world.origin_of[c.claim_id])
        by_pair = {(r["document"], r["other"]): r for r in rows}
        for (taker, giver), (kind, known) in world.relations.items():
            r = by_pair.get((min(taker, giver), max(taker, giver)))
            right = r is not None and (r["kind"] == kind or (kind == "cites" and r["kind"] in ("quotes", "excerpt")))
            towards = "unknown" if not known else "from" if taker < giver else "to"
            disguise = next(
                d for d in [world.disguise_of.get(c.claim_id) for c in world.claims if c.document == taker] or ["?"]
            )
            relations[disguise or "?"].append((right, right and r is not None and r["direction"] == towards))
            if a.misses and not relations[disguise or "?"][-1][1]:
                print(seed, disguise, taker, giver, kind, towards, "got", r and (r["kind"], r["direction"]))
        for r in rows:
            if r["kind"] not in ("cites", "quotes"):
                x, y = world.family[r["document"]], world.family[r["other"]]
                one_descent = x == y or "mixed" in (x, y)
                told_alike.append(bool(told[r["document"]] & told[r["other"]]) or one_descent)
                if r["kind"] != "passage":  # which says of two texts that they share words, not whose they were
                    within.append(one_descent)
        of = world.incident_of
        incidents += b3({c: i for c, i in of.items() if not i.startswith("own:")}, linked).values()
        pair_points += [(p["probability"], of[p["claim_l"]] == of[p["claim_r"]]) for p in pairs]
        for p in pairs:
            x, y = draws[p["claim_l"]], draws[p["claim_r"]]
            draw_points.append(
                (sum(i == j for i, j in zip(x, y, strict=True)) / len(x), of[p["claim_l"]] == of[p["claim_r"]])
            )
    seconds = time.perf_counter() - started
    flat = [r for group in relations.values() for r in group]
    figures = {
        "heaps": a.heaps,
        "documents": n_documents,
        **{f"B3 {m}": f1([v for g in s.values() for v in g]) for m, s in scores.items()},
        **{f"exact {m}": float(np.mean(e)) for m, e in exacts.items()},
        "relations, kind": float(np.mean([k for k, _ in flat])),
        "relations, kind and direction": float(np.mean([d for _, d in flat])),
        "relations within one descent": float(np.mean(within)) if within else 1.0,
        "relations within one origin": float(np.mean(told_alike)) if told_alike else 1.0,
        "incidents B3": f1(incidents),
        "pairs ECE": ece(pair_points),
        "partition ECE": ece(draw_points),
    }
    if a.json:
        print(json.dumps(figures, indent=1))
        return
    for name, value in figures.items():
        print(f"{name:32} {value:.4f}" if isinstance(value, float) else f"{name:32} {value}")
    print(f"\n{'disguise':12} {'claims':>7} {'leadline':>9} {'tf-idf':>7} {'minhash':>8}   kind  kind+direction")
    for d in sorted(scores["leadline"]):
        r = relations.get(d, [])
        tail = f"{np.mean([k for k, _ in r]):6.3f} {np.mean([x for _, x in r]):8.3f}  ({len(r)})" if r else ""
        print(
            f"{d:12} {len(scores['leadline'][d]):7} "
            + " ".join(f"{f1(scores[m][d]):8.3f}" for m in ("leadline", "tf-idf", "minhash"))
            + "  "
            + tail
        )
    print("\n" + diagram("pair probability", pair_points))
    print("\n" + diagram("drawn together", draw_points))
    print(f"\n{seconds:.1f} s, {n_documents / seconds:.0f} documents a second")


if __name__ == "__main__":
    main()
