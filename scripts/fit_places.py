"""Learn the weights of the place finder from gold place names, and say how well they do on documents not learned from.

usage: python scripts/fit_places.py CORPORA [--write]

CORPORA holds `geo/lgl.xml`, `geo/GeoVirus.xml` and `war-news/`. For the first model 37 war-news articles are added, whose
names were found by an earlier fit and corrected by a reader (`eval/places-war-news.jsonl`: offsets and yes or no). Both log-linear models (`judge.py`, `resolve.py`) are fitted by
maximum likelihood with a ridge penalty, each corpus with the same total weight; what the other names say can only speak
for a candidate (those weights are held at zero or above). Five folds by document give the figures that are printed;
`--write` then fits on everything and writes `leadline/extract/data/places-weights.json`.
"""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from leadline.extract.language import load_language
from leadline.extract.places.gazetteer import Gazetteer
from leadline.extract.places.groups import group
from leadline.extract.places.judge import WEIGHTS, describe
from leadline.extract.places.mentions import Mention, find_mentions, mentions_at
from leadline.extract.places.resolve import solve
from leadline.extract.places.roles import is_demonym, role_of
from leadline.extract.places.table import FEATURES, Table

NEAR_KM = 161.0
FREE = ("people", "capital", "kind_country", "kind_admin1", "kind_admin2", "kind_admin3", "kind_other", "spelling", "alternative", "shortened", "derived", "demonym", "unlocated")  # fmt: skip
# Not to be learned from this gold: "Paris, Texas" is decisive, where the gold mostly has what is clear anyway; stated borders are rare in it, and no country in it has a third level of units.
FIXED = {
    "qualified": 4.0,
    "stated_border": 1.0,
    "shared_admin3": 3.0,
    "named_admin3": 1.5,
    "kind_admin3": -2.0,
    "derived": -0.5,
}
CORRECTED = Path(__file__).parent.parent / "eval" / "places-war-news.jsonl"
# Names of several words that stand in the hand-made table of areas are names wherever they stand.
# Who lists a name for a case expects it there.
FIXED_MENTION = {"area_words": 3.0, "own": 2.5}
RIDGE_MENTION, RIDGE_RESOLVE = 1.0, 3.0


@dataclass
class Gold:
    start: int
    end: int
    lat: float
    lon: float


@dataclass
class Sample:
    corpus: str
    doc: Any
    gold: list[Gold]
    weight: float = 1.0
    mentions: list[Mention] = field(default_factory=list)
    labels: list[int | None] = field(default_factory=list)


def read(path: Path) -> list[tuple[str, list[Gold]]]:
    """Texts and gold of one corpus, offsets mended as `prepare.py` does."""
    import re

    found = []
    for a in ET.parse(path).getroot().iter("article"):
        text, gold = a.findtext("text") or "", []
        for t in [*a.iter("toponym"), *a.iter("location")]:

            def get(*tags: str, t: ET.Element = t) -> str | None:
                return next((x.text for tag in tags for x in [t.find(".//" + tag)] if x is not None and x.text), None)

            lat, lon, start, end = get("lat"), get("lon"), get("start"), get("end")
            phrase = get("phrase", "name") or ""
            if lat is None or lon is None or start is None or end is None:
                continue
            s = int(start)
            if text[s : int(end)] != phrase:
                near = [m.start() for m in re.finditer(re.escape(phrase), text)]
                if not near:
                    continue
                s = min(near, key=lambda x: abs(x - int(start)))
            gold.append(Gold(s, s + len(phrase), float(lat), float(lon)))
        found.append((text, gold))
    return found


def samples(corpora: Path, gazetteer: Gazetteer) -> list[Sample]:
    found = []
    for name in ("lgl", "GeoVirus"):
        articles = read(corpora / "geo" / f"{name}.xml")
        docs = load_language().pipe(text for text, _ in articles)
        total = sum(len(g) for _, g in articles)
        for doc, (_, gold) in zip(docs, articles, strict=True):
            s = Sample(name, doc, gold, 3000.0 / total)
            s.mentions = find_mentions(doc, doc.text, gazetteer)
            for m in s.mentions:
                hit = any(m.start < g.end and g.start < m.end for g in gold)
                # one corpus marks peoples and organisations' names, the other does not: no lesson from those
                skip = not hit and (is_demonym(m) or role_of(doc, m) == "organisation")
                s.labels.append(None if skip else int(hit))
            found.append(s)
    return found


def read_corrected(corpora: Path, gazetteer: Gazetteer) -> list[Sample]:
    """War-news articles with their corrected names; they teach the first model only."""
    marks: dict[str, dict[tuple[int, int], bool]] = defaultdict(dict)
    with CORRECTED.open(encoding="utf-8") as f:
        for line in f:
            r = json.loads(line)
            marks[r["document"]][r["start"], r["end"]] = r["place"]
    texts = [(corpora / "war-news" / n).read_text(encoding="utf-8", errors="replace")[:6000] for n in sorted(marks)]
    found = []
    for name, doc in zip(sorted(marks), load_language().pipe(texts), strict=True):
        s = Sample("war-news", doc, [], 1000.0 / sum(map(len, marks.values())))
        s.mentions = find_mentions(doc, doc.text, gazetteer)
        s.labels = [None if (y := marks[name].get((m.start, m.end))) is None else int(y) for m in s.mentions]
        found.append(s)
    return found


def fit_mentions(train: list[Sample], *, entities: bool) -> dict[str, float]:
    rows, ys, ws = [], [], []
    for s in train:
        for m, y in zip(s.mentions, s.labels, strict=True):
            if y is not None:
                rows.append(features_of(m, entities=entities))
                ys.append(y)
                ws.append(s.weight)
    names = sorted({n for r in rows for n in r})
    at = {n: i for i, n in enumerate(names)}
    x = np.zeros((len(rows), len(names)))
    for i, r in enumerate(rows):
        for n, v in r.items():
            x[i, at[n]] = v
    y, w = np.array(ys, float), np.array(ws)
    start = np.array([FIXED_MENTION.get(n, 0.0) for n in names])
    free = np.array([n not in FIXED_MENTION for n in names])

    def loss(b: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ b
        p = 1 / (1 + np.exp(-z))
        value = float((w * (np.logaddexp(0, z) - y * z)).sum() + RIDGE_MENTION / 2 * (b**2).sum())
        return value, np.where(free, x.T @ (w * (p - y)) + RIDGE_MENTION * b, 0.0)

    b = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400}).x
    return FIXED_MENTION | {n: round(float(v), 3) for n, v in zip(names, b, strict=True)}


def features_of(m: Mention, *, entities: bool) -> dict[str, float]:
    without = ("entity_", "elsewhere_entity", "person_elsewhere")
    return m.features if entities else {n: v for n, v in m.features.items() if not n.startswith(without)}


def chance(m: Mention, w: dict[str, float], *, entities: bool = True) -> float:
    z = sum(w.get(n, 0.0) * v for n, v in features_of(m, entities=entities).items())
    return float(1 / (1 + np.exp(-z)))


def km(lat: float, lon: float, table: Table, rows: np.ndarray) -> np.ndarray:
    a, b = np.radians(lat), np.radians(lon)
    h = (
        np.sin((table.lat[rows] - a) / 2) ** 2
        + np.cos(a) * np.cos(table.lat[rows]) * np.sin((table.lon[rows] - b) / 2) ** 2
    )
    d = 12742 * np.arcsin(np.sqrt(np.minimum(1.0, h)))
    d[~table.located[rows]] = np.inf
    return d


def lessons(s: Sample, table: Table) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """For each gold name that a group holds: the group's candidates, which of them are right, weight."""
    found = []
    for i, g in enumerate(table.groups):
        rows = np.flatnonzero(table.owner == i)
        for m in g.mentions:
            for gold in s.gold:
                if m.start < gold.end and gold.start < m.end:
                    right = km(gold.lat, gold.lon, table, rows) <= NEAR_KM
                    if right.any() and not right.all():
                        found.append((rows, right, s.weight))
                    break
    return found


def tables(train: list[Sample], gazetteer: Gazetteer, w: dict[str, float]) -> list[tuple[Sample, Table]]:
    """Each document twice: with its gold names, and with the names as found."""
    found = []
    for s in (s for s in train if s.gold):
        given = mentions_at(s.doc, s.doc.text, gazetteer, tuple((g.start, g.end) for g in s.gold))
        own = [(m, c) for m in s.mentions if (c := chance(m, w)) >= 0.4]
        for mentions, chances in ((given, [1.0] * len(given)), ([m for m, _ in own], [c for _, c in own])):
            groups = group(s.doc.text, mentions, chances)
            if groups:
                found.append((s, Table(s.doc.text, groups)))
    return found


def fit_resolve(data: list[tuple[Sample, Table]]) -> dict[str, float]:
    start = {"people": 1.0, "shared_admin1": 0.5, "named_admin1": 1.0, "near_150": 0.5, **FIXED}
    b = np.array([start.get(n, 0.0) for n in FEATURES])
    free = np.array([n not in FIXED for n in FEATURES])
    bounds = [(None, None) if n in FREE else (0.0, None) for n in FEATURES]
    taught = [(t, lessons(s, t)) for s, t in data]
    for _ in range(4):
        blocks = []
        for t, found in taught:
            _, x = solve(t, b)
            blocks += [(x[rows], right, w) for rows, right, w in found]
        big = np.concatenate([x for x, _, _ in blocks])
        owner = np.repeat(np.arange(len(blocks)), [len(x) for x, _, _ in blocks])
        right = np.concatenate([r for _, r, _ in blocks])
        weight = np.array([w for _, _, w in blocks]) / 2

        def loss(c: np.ndarray, big=big, owner=owner, right=right, weight=weight) -> tuple[float, np.ndarray]:
            z = big @ c
            top = np.full(len(weight), -np.inf)
            np.maximum.at(top, owner, z)
            e = np.exp(z - top[owner])
            n = len(weight)
            whole, good = np.bincount(owner, e, n), np.bincount(owner, e * right, n) + 1e-12
            value = float((weight * (np.log(whole) - np.log(good))).sum() + RIDGE_RESOLVE / 2 * (c[free] ** 2).sum())
            grad = big.T @ (weight[owner] * (e / whole[owner] - e * right / good[owner]))
            return value, np.where(free, grad + RIDGE_RESOLVE * c, 0.0)

        b = minimize(loss, b, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200}).x
    return {n: round(float(v), 3) for n, v in zip(FEATURES, b, strict=True)}


def scores(
    test: list[Sample], gazetteer: Gazetteer, mention: dict[str, float], resolve: dict[str, float], least: float
) -> dict[str, dict[str, float]]:
    """Accuracy on gold names and end-to-end precision and recall, summed for later division."""
    b = np.array([resolve[n] for n in FEATURES])
    out: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for s in (s for s in test if s.corpus != "war-news"):
        o = out[s.corpus]
        o["gold"] += len(s.gold)
        given = mentions_at(s.doc, s.doc.text, gazetteer, tuple((g.start, g.end) for g in s.gold))
        own = [(m, c) for m in s.mentions if (c := chance(m, mention)) >= least]
        if s.corpus == "GeoVirus":
            own = [(m, c) for m, c in own if role_of(s.doc, m) not in {"demonym"}]
        for kind, mentions, chances in (
            ("given", given, [1.0] * len(given)),
            ("own", [m for m, _ in own], [c for _, c in own]),
        ):
            groups = group(s.doc.text, mentions, chances)
            if not groups:
                continue
            t = Table(s.doc.text, groups)
            q, _ = solve(t, b)
            for i, g in enumerate(groups):
                rows = np.flatnonzero(t.owner == i)
                best = rows[np.argmax(q[rows])]
                for m in g.mentions:
                    o["n_" + kind] += 1
                    for gold in s.gold:
                        if m.start < gold.end and gold.start < m.end:
                            o["ok_" + kind] += float(km(gold.lat, gold.lon, t, np.array([best]))[0] <= NEAR_KM)
                            break
    return out


def main() -> None:
    corpora = Path(sys.argv[1])
    gazetteer = Gazetteer.load()
    everything = [*samples(corpora, gazetteer), *read_corrected(corpora, gazetteer)]
    for s in everything:
        describe(s.doc, s.mentions)
    total: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for k in range(5) if "--no-folds" not in sys.argv else ():
        train = [s for i, s in enumerate(everything) if i % 5 != k]
        mention = fit_mentions(train, entities=True)
        resolve = fit_resolve(tables(train, gazetteer, mention))
        for corpus, o in scores(
            [s for i, s in enumerate(everything) if i % 5 == k], gazetteer, mention, resolve, 0.5
        ).items():
            for n, v in o.items():
                total[corpus][n] += v
    for corpus, o in total.items():
        p, r = o["ok_own"] / o["n_own"], o["ok_own"] / o["gold"]
        print(
            f"{corpus}, five folds: gold names {o['ok_given'] / o['gold']:.3f}; end to end P {p:.3f} R {r:.3f} F1 {2 * p * r / (p + r):.3f}"
        )
    if "--write" in sys.argv:
        mention = fit_mentions(everything, entities=True)
        old = json.loads(WEIGHTS.read_text(encoding="utf-8"))
        new = {
            "mention": mention,
            "mention_plain": fit_mentions(everything, entities=False),
            "resolve": fit_resolve(tables(everything, gazetteer, mention)),
            "thresholds": old["thresholds"],
        }
        WEIGHTS.write_text(json.dumps(new, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
