"""Reports of one story, and reports of one incident, found by what disguise leaves alone.

usage: grouping.py [SHARED]      (SHARED: folder with corpora/translations and corpora/gvc; default ../shared)

translations   53 stories in Russian with independent English versions: same story, B-cubed over documents, by average
               linkage over `leadline.trace.reuse.similarity`; and how many of the pairs of a Russian source and a human
               version `trace` calls a translation, how many pairs of different stories it calls anything
gvc            reports of gun violence: same incident, B-cubed over documents, the same measure with a lower threshold
Beside each: TF-IDF with average linkage at its best threshold on the same documents, which is more than a user can have.
"""

from __future__ import annotations

import collections
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from lineage import b3, f1
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from leadline.engine.duckdb import DuckDBEngine
from leadline.progress import SILENT
from leadline.schema import ATTRIBUTIONS, CLAIMS, DOCUMENTS, RELATIONS, Document
from leadline.settings import Settings
from leadline.trace import reuse, trace_origins
from leadline.trace.text import view

SAME_STORY = 0.45
SAME_INCIDENT = 0.13
"""Both set on the development parts; the held-out parts are scored by others."""


def translations(path: Path, versions: tuple[str, ...]) -> tuple[list[Document], list[str]]:
    """Documents and stories of the versions whose names start so."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [r for r in rows if r["version"].startswith(versions)]
    made = [
        Document(
            document=f"t{i:04d}",
            sha256="",
            text=r["text"],
            language="ru" if r["version"].startswith("src") else "en",
            series=f"t{i:04d}",
        )
        for i, r in enumerate(rows)
    ]
    return made, [r["story"] for r in rows]


def gvc(path: Path) -> tuple[list[Document], list[str]]:
    """Documents and incidents of the Gun Violence Corpus; the incident in the key is hidden."""
    sentences: dict[str, dict[str, list[str]]] = {}
    for line in (path / "dataset.conll").read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if len(fields) >= 5:
            sentences.setdefault(fields[0], {}).setdefault(fields[1], []).append(fields[3])
    keys = sorted(sentences, key=lambda k: k.rsplit("/", 1)[1])
    made = []
    for i, key in enumerate(keys):
        text = "\n\n".join(" ".join(words) for words in list(sentences[key].values())[1:])
        made.append(Document(document=f"g{i:04d}", sha256="", text=text, language="en", series=f"g{i:04d}"))
    return made, [k.split("/")[1] for k in keys]


def grouped(similarity: np.ndarray, threshold: float, gold: list[str]) -> float:
    """B-cubed F1 of average linkage at a threshold."""
    distance = 1 - np.clip(similarity, 0, 1)
    np.fill_diagonal(distance, 0)
    label = fcluster(linkage(squareform(distance, checks=False), "average"), 1 - threshold, "distance")
    truth = {str(i): g for i, g in enumerate(gold)}
    return f1(list(b3(truth, {str(i): str(k) for i, k in enumerate(label.tolist())}).values()))


def tfidf_best(documents: list[Document], gold: list[str]) -> float:
    """The baseline at the threshold that suits this very set best."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    x = TfidfVectorizer(sublinear_tf=True).fit_transform([d.text for d in documents])
    similarity = (x @ x.T).toarray()
    return max(grouped(similarity, t, gold) for t in np.arange(0.04, 0.8, 0.02))


def relations(documents: list[Document]) -> list[dict[str, str]]:
    """Relations that trace finds among documents without claims."""
    with tempfile.TemporaryDirectory() as folder:
        engine = DuckDBEngine(Path(folder), {})
        for stage, tables in (("ingest", {DOCUMENTS: documents}), ("extract", {CLAIMS: [], ATTRIBUTIONS: []})):
            engine.begin(stage)
            for table, records in tables.items():
                engine.write(table, records)
            engine.seal(stage, stage * 4)
            engine.commit(stage, stage * 4)
        engine.begin("trace")
        trace_origins(engine, Settings(), SILENT)
        return engine.read(RELATIONS, ["document", "other", "kind"]).to_pylist()


def main() -> None:
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared")
    corpus = shared / "corpora" / "translations" / "ru-en.jsonl"
    print(f"{'set':34} {'documents':>9} {'leadline':>9} {'tf-idf, best':>13}")
    for name, versions in (
        ("stories, English versions", ("ref", "hyp")),
        ("stories, human versions", ("ref",)),
        ("stories, human and Russian", ("ref", "src")),
    ):
        documents, gold = translations(corpus, versions)
        found = grouped(reuse.similarity([reuse.sketch(view(d)) for d in documents]), SAME_STORY, gold)
        print(f"{name:34} {len(documents):9} {found:9.3f} {tfidf_best(documents, gold):13.3f}")
    documents, gold = gvc(shared / "corpora" / "gvc" / "val")
    found = grouped(reuse.similarity([reuse.sketch(view(d)) for d in documents]), SAME_INCIDENT, gold)
    print(f"{'incidents, GVC val':34} {len(documents):9} {found:9.3f} {tfidf_best(documents, gold):13.3f}")
    documents, gold = translations(corpus, ("ref", "src"))
    story = {d.document: g for d, g in zip(documents, gold, strict=True)}
    language = {d.document: d.language for d in documents}
    started = time.perf_counter()
    rows = relations(documents)
    counts = collections.Counter(
        (
            "one story" if story[r["document"]] == story[r["other"]] else "two stories",
            "across languages" if language[r["document"]] != language[r["other"]] else "within English",
            r["kind"],
        )
        for r in rows
    )
    n = collections.Counter(gold)
    print(f"\nrelations in {time.perf_counter() - started:.1f} s, of {2 * len(n)} pairs of source and version and {len(n)} of two versions:")
    for key, count in sorted(counts.items()):
        print("  ", *key, count)


if __name__ == "__main__":
    main()
