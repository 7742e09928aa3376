"""Persons that the pages hide, against persons that somebody marked: how many names are missed, how much else is hidden.

usage: masking.py [--shared DIR] [--show] [--json]

`eval/persons-invented.jsonl` and `eval/persons-war-news.jsonl` mark every mention of a person, by offsets alone, in the invented
articles that everybody may read and in every 26th article of the shared war news. Counted are mentions of persons who are not
in the register (those are printed on purpose): one is hidden where no letter of it is printed. Precision is the share of what is
hidden, contacts aside, that touches a person of any kind. `--show` lists both kinds of error. Exit code 77 where the shared
articles are absent.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from leadline import schema
from leadline.pipeline import open_case, run_case
from leadline.publish import protected_events
from leadline.publish.contacts import find_contacts
from leadline.publish.view.masks import Masks
from leadline.publish.view.tables import Tables
from leadline.register import load_register
from leadline.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = 77
Span = tuple[int, int]


def marked(path: Path) -> dict[str, list[Span]]:
    """Spans of persons by document; a document in which nobody is named has one empty span."""
    found: dict[str, list[Span]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found[row["document"]].append((row["start"], row["end"]))
    return {d: [s for s in spans if s[1] > s[0]] for d, spans in found.items()}


def measure(files: list[Path], settings: Settings, gold: dict[str, list[Span]], *, show: bool) -> dict[str, float]:
    """Mentions of unregistered persons that are hidden, and hidden spans that are persons', over all documents of one set."""
    with tempfile.TemporaryDirectory() as name:
        case = Path(name) / "case"
        run_case(files, case, settings, only="ingest")
        run_case((), case, only="extract")
        with open_case(case) as (_, _, engine):
            register = load_register(settings.registers, shipped=settings.shipped_register)
            masks = Masks(Tables(engine, register, {}, protected_events(settings)), show=False)
            documents = [d for d in engine.records(schema.DOCUMENTS, schema.Document) if d.document in gold]
            known: dict[str, list[Span]] = defaultdict(list)
            for p in engine.records(schema.PERSONS, schema.PersonMention):
                if p.source_id is not None:
                    known[p.document].append((p.start, p.end))
    if {d.document for d in documents} != set(gold):
        sys.exit(f"not in the heap: {sorted(set(gold) - {d.document for d in documents})}")
    n = hidden_n = masked_n = right = 0
    for d in documents:
        contacts = [(a, b) for a, b, _ in find_contacts(d.text)]
        hidden = masks.names(d.document).hidden_in(d.text)
        letters = {k for a, b in hidden for k in range(a, b)}
        persons = gold[d.document]
        strangers = [
            s
            for s in persons
            if not any(a < s[1] and s[0] < b for a, b in known[d.document])
            and register.resolve(d.text[slice(*s)]) is None
        ]
        missed = [s for s in strangers if not letters.issuperset(k for k in range(*s) if d.text[k].isalnum())]
        hidden = [h for h in hidden if not any(a < h[1] and h[0] < b for a, b in contacts)]
        wrong = [h for h in hidden if not any(a < h[1] and h[0] < b for a, b in persons)]
        n, hidden_n = n + len(strangers), hidden_n + len(strangers) - len(missed)
        masked_n, right = masked_n + len(hidden), right + len(hidden) - len(wrong)
        for kind, spans in (("printed", missed), ("hidden", wrong)) if show else ():
            for a, b in spans:
                print(
                    f"{kind}  {d.document}: {d.text[a - 30 if a > 30 else 0 : a]!r} [{d.text[a:b]}] {d.text[b : b + 30]!r}"
                )
    return {
        "mentions of persons": float(n),
        "hidden of them": hidden_n / n if n else 1.0,
        "hidden spans": float(masked_n),
        "persons among them": right / masked_n if masked_n else 1.0,
    }


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    arguments.add_argument("--show", action="store_true")
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    news = given.shared / "corpora" / "war-news"
    if not news.is_dir():
        print(f"no articles at {news}: nothing was measured", file=sys.stderr)
        return SKIPPED
    invented, shared = ROOT / "eval" / "invented", marked(ROOT / "eval" / "persons-war-news.jsonl")
    sets = {
        "invented": (
            [invented / "open", invented / "news"],
            load_settings(invented / "leadline.toml"),
            marked(ROOT / "eval" / "persons-invented.jsonl"),
        ),
        "war news": ([news / d for d in sorted(shared)], Settings(), shared),
    }
    figures = {
        f"{name}: {key}": value
        for name, (files, settings, gold) in sets.items()
        for key, value in measure(files, settings, gold, show=given.show).items()
    }
    if given.json:
        print(json.dumps(figures))
        return 0
    for key, value in figures.items():
        print(f"{key}: {value:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
