"""Speed of the whole of `extract` beside the bare spaCy pipeline, and the memory of a worker, on war-news.

usage: benchmarks/extract_speed.py [--json] [--all] [--shared DIR]

Every fourth article is read (`--all`: every one), ten articles by one and ten by the other in turn, in one process and one
thread; what counts is processor time, so that other work on the machine matters little. The bare pipeline is the pinned
model as `spacy.load` gives it, on whole articles. Memory is that of a process that reads as a worker of the stage does:
peak of its resident set, and what it alone holds at the end. Without the corpus the exit code is 77.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import spacy

from leadline.extract import Batch, reading
from leadline.extract.algebra import one_thread
from leadline.extract.language import pinned_model
from leadline.extract.reading import Resources, read_documents
from leadline.schema import Document
from leadline.settings import Settings

SKIPPED = 77
IN_TURN = 10
PARTS = (
    "parse_documents", "find_attributions", "find_times", "find_units", "find_numbers", "find_places", "find_claims",
    "find_persons",
)  # fmt: skip


def articles(folder, *, every):
    return [
        Document(document=p.name, sha256="", text=p.read_text(encoding="utf-8"), series="", language="en")
        for p in sorted(folder.glob("*.txt"))[::every]
    ]


def timed(run, seconds, part):
    began = time.process_time()
    found = run()
    seconds[part] += time.process_time() - began
    return found


def measure_parts(seconds):
    """Count the seconds of each part wherever `reading` calls it."""
    for part in PARTS:
        real = getattr(reading, part)

        def counted(*args, _real=real, _part=part, **options):
            found = timed(lambda: _real(*args, **options), seconds, _part)
            return found if _part != "parse_documents" else iter(timed(lambda: list(found), seconds, _part))

        setattr(reading, part, counted)


def speed(documents):
    """Articles per second of processor time of both, the share, and seconds of the parts over those of the pipeline."""
    bare, resources = spacy.load(pinned_model().package), Resources.of(Settings())
    list(bare.pipe(d.text for d in documents[:IN_TURN]))
    list(read_documents(documents[:IN_TURN], resources))
    seconds = defaultdict(float)
    measure_parts(seconds)
    for k in range(0, len(documents), IN_TURN):
        turn = documents[k : k + IN_TURN]
        with one_thread():
            timed(lambda: list(bare.pipe(d.text for d in turn)), seconds, "bare")  # noqa: B023
        timed(lambda: list(read_documents(turn, resources)), seconds, "extract")  # noqa: B023
    figures = {
        "articles a CPU second, bare pipeline": len(documents) / seconds["bare"],
        "articles a CPU second, extract": len(documents) / seconds["extract"],
        "extract, share of the bare pipeline's speed": seconds["bare"] / seconds["extract"],
    }
    return figures | {f"{part}, of the bare pipeline's time": seconds[part] / seconds["bare"] for part in PARTS}


def work(folder):
    """Read every article in batches, as a worker does, and print its memory in megabytes."""
    settings = Settings()
    batch = Batch(settings)
    batch.prepare()
    documents = articles(folder, every=1)
    ready = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for k in range(0, len(documents), settings.batch_size):
        batch(documents[k : k + settings.batch_size])
    held = defaultdict(float)
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
        name, value = line.split()[:2]
        held[name] = int(value) / 1024
    print(
        json.dumps(
            {
                "worker, MB when ready": ready,
                "worker, peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "worker, MB of its own at the end": held["Private_Clean:"] + held["Private_Dirty:"],
            }
        )
    )


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    options.add_argument("--json", action="store_true")
    options.add_argument("--all", action="store_true")
    options.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args()
    folder = asked.shared / "corpora" / "war-news"
    if not folder.is_dir():
        print("war-news is not beside the repository", file=sys.stderr)
        return SKIPPED
    if asked.worker:
        work(folder)
        return 0
    command = [sys.executable, __file__, "--worker", "--shared", asked.shared]
    memory = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures = speed(articles(folder, every=1 if asked.all else 4)) | json.loads(memory.splitlines()[-1])
    if asked.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name}: {figure:.3g}" for name, figure in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
