"""Reports of one story, and reports of one incident, found by what disguise leaves alone.

usage: grouping.py [SHARED] [--json]     (SHARED: folder with corpora/translations and corpora/gvc; default ../shared)

translations   53 stories in Russian with independent English versions: same story, B-cubed over documents, by average
               linkage over `leadline.trace.reuse.similarity`; and how many of the pairs of a Russian source and a human
               version `trace` calls a translation, how many pairs of different stories it calls anything
gvc            reports of gun violence: same incident, B-cubed over documents, the same measure with a lower threshold
Beside each: TF-IDF with average linkage at its best threshold on the same documents, which is more than a user can have.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
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
from leadline.trace.shelf import Shelf
from leadline.trace.sketch import sketch
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?", default=Path(__file__).resolve().parents[2] / "shared", type=Path)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    corpus = arguments.shared / "corpora" / "translations" / "ru-en.jsonl"
    if not corpus.is_file():
        print(f"{corpus.name} is not beside the repository", file=sys.stderr)
        return 77
    sets = {
        "stories, English versions": (*translations(corpus, ("ref", "hyp")), SAME_STORY),
        "stories, human versions": (*translations(corpus, ("ref",)), SAME_STORY),
        "stories, human and Russian": (*translations(corpus, ("ref", "src")), SAME_STORY),
        "incidents, GVC val": (*gvc(arguments.shared / "corpora" / "gvc" / "val"), SAME_INCIDENT),
    }
    figures: dict[str, float] = {}
    for name, (documents, gold, threshold) in sets.items():
        found = reuse.similarity(Shelf(sketch(view(d)) for d in documents))
        figures[f"{name}, B3"] = grouped(found, threshold, gold)
        figures[f"{name}, B3 of TF-IDF at its best"] = tfidf_best(documents, gold)
    documents, gold, _ = sets["stories, human and Russian"]
    story = {d.document: g for d, g in zip(documents, gold, strict=True)}
    language = {d.document: d.language for d in documents}
    n = len(set(gold))
    rows = relations(documents)
    same = [r for r in rows if story[r["document"]] == story[r["other"]]]
    across = sum(language[r["document"]] != language[r["other"]] and r["kind"] == "translation" for r in same)
    within = sum(language[r["document"]] == language[r["other"]] for r in same)
    figures["pairs across languages called a translation"] = across / (2 * n)
    figures["pairs of two English versions related"] = within / n
    figures["related pairs of two different stories"] = len(rows) - len(same)
    if arguments.json:
        print(json.dumps(figures, indent=1))
    else:
        for name, value in figures.items():
            print(f"{name:58} {value:8.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
