"""Fit what is believed of the clauses that may tell an event to annotated articles: `leadline/extract/data/believed.npz`.

usage: train_believed.py --before FILE [--shared DIR] [--out FILE]
       train_believed.py --before FILE --cross-validate     recall, precision and event of articles left out, beside the rules

Articles: the marked ones (`training/articles`) that networks and encoder were not taught by (`h…` to `m…`, and numbers above 100); those in real forms (`p…` to `x…`); the sets `open`, `news` and `wire` of
`eval/invented`; and, where DIR (`../shared`) is present, the five and sets a and b of the annotated war-news. The encoder was taught by `p…` to `x…` too: what it hears there would flatter it, so they are
heard with FILE, a `coercion-events.npz` from before that (`git show 74f64fc:leadline/codebooks/coercion-events.npz`). The blind sets are not touched. Each clause that the rules
propose is an example of each event that its words may tell. Deterministic; run it again after `train_events.py` and `train_encoder.py`.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
import invented_gold  # noqa: E402  (the benchmarks' readers of annotated articles)
import marked_articles  # noqa: E402
import war_news_gold  # noqa: E402
from claims import war_news  # noqa: E402
from gold_sets import SHARED, read_rows  # noqa: E402
from train_judging import ingested, overlapping, paired, stored_trees  # noqa: E402

from leadline.codebook import load_codebook  # noqa: E402
from leadline.extract.archives import arrays_of  # noqa: E402
from leadline.extract.attribution import find_attributions  # noqa: E402
from leadline.extract.claims.assemble import proposed, setting  # noqa: E402
from leadline.extract.claims.coded.believed import FILE, KEPT, LIKELIER, NEW, NEW_EVENT  # noqa: E402
from leadline.extract.claims.coded.encoder import Encoder  # noqa: E402
from leadline.extract.claims.coded.sentences import fingerprint  # noqa: E402
from leadline.extract.claims.coded.taught import taught_for  # noqa: E402
from leadline.extract.claims.details.fields import FieldReadings  # noqa: E402
from leadline.extract.claims.known import Known  # noqa: E402
from leadline.extract.language import load_language  # noqa: E402
from leadline.extract.mending import mend  # noqa: E402
from leadline.extract.parse import parse_documents  # noqa: E402
from leadline.extract.places import find_places  # noqa: E402
from leadline.extract.reading import Resources  # noqa: E402
from leadline.settings import Settings, load_settings  # noqa: E402

NOT_TAUGHT, MODELLED, LATER = "[h-m]", r"[p-x]\d\d\.", r"[p-x]\d{3}"
"""Names of the marked articles that networks and encoder were not taught by, of those in real forms, and of those that came after the encoder was taught."""
TREES = {
    "max_iter": 200,
    "learning_rate": 0.05,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 20,
    "l2_regularization": 5.0,
}
LEAST_OFTEN = 30
REAL = 3.0
"""Weight of a clause of a real article."""
FOLDS = 4


# -- articles ---------------------------------------------------------------------------------------------------------


@dataclass
class Proposed:
    """A clause that may tell an event: its sentence and words, whether it is only heard faintly, and each event with its marks, that of the rules first."""

    sentence: int
    start: int
    end: int
    faint: bool
    rivals: list


@dataclass
class Text:
    """What an article gives, and its annotated rows."""

    group: str
    proposed: list
    gold: list


def read(group, documents, resources, rows):
    """The articles of a group in which events are heard."""
    load_language()
    for document in documents:
        mended = mend(document)
        parsed = next(parse_documents([mended.document if mended else document]))
        places = find_places(parsed.doc, resources.gazetteer, boilerplate=parsed.document.boilerplate)
        fields = FieldReadings((), (), places, ())
        text = Known.of(parsed, find_attributions(parsed), resources.register, resources.coder, fields)
        if text is None or not text.heard.codes:
            continue
        found, heard = [], setting(text)
        for k, some in proposed(text).items():
            for c in some:
                if not text.disclaimers.speaks_of_checking(c.found.head):
                    start, end = mended.span(c.start, c.end) if mended else (c.start, c.end)
                    rivals = [(r.found.event, r.marks) for r in heard.rivals(c, k, some)]
                    found.append(Proposed(k, start, end, c.faint, rivals))
        yield Text(group, found, [r for r in rows if r["document"] == Path(document.document).name])


def with_encoder(resources, encoder):
    taught = replace(resources.coder.taught, encoder=encoder)
    return replace(resources, coder=replace(resources.coder, taught=taught))


def all_texts(shared, before):
    """Every article of every group."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        marked = marked_articles.read_articles(marked_articles.ARTICLES)
        for group, names in (("ordinary", NOT_TAUGHT), ("real forms", MODELLED), ("later", LATER)):
            articles, own = [a for a in marked if re.match(names, a.name)], folder / group
            own.mkdir()
            _, settings = marked_articles.lay_out_articles(own, articles)
            documents = ingested(own, own / "articles", "--settings", settings)
            resources = Resources.of(load_settings(settings))
            rows = [c for a in articles for c in a.claims]
            yield from read(group, documents, with_encoder(resources, before) if names == MODELLED else resources, rows)
        settings = invented_gold.INVENTED / "leadline.toml"
        for name in invented_gold.LOOKED_AT:
            documents = ingested(folder / name, invented_gold.INVENTED / name, "--settings", settings)
            yield from read(name, documents, Resources.of(load_settings(settings)), invented_gold.annotated(name)[0])
        if not (shared / "gold").is_dir():
            return
        resources, seeds = Resources.of(Settings()), shared / "seeds"
        documents = ingested(folder / "five", *sorted(seeds.glob("*.txt")), "--meta", seeds / "meta.csv")
        yield from read("five", documents, resources, read_rows(shared / "gold" / "claims.jsonl"))
        rows, _ = war_news_gold.restored(shared / "corpora" / "war-news", war_news_gold.LOOKED_AT)
        yield from read("war news", war_news(shared, folder, war_news_gold.LOOKED_AT), resources, rows)


# -- fitting ----------------------------------------------------------------------------------------------------------


def firm_first(text):
    """For each clause the annotated row that it is a claim of; what is only heard faintly has those that no other clause has."""
    firm = [c for c in text.proposed if not c.faint]
    faint = [c for c in text.proposed if c.faint]
    rows = paired(text.gold, firm)
    taken = {id(g) for g in rows if g is not None}
    rows += paired([g for g in text.gold if id(g) not in taken], faint)
    of = {id(c): g for c, g in zip(firm + faint, rows, strict=True)}
    return [of[id(c)] for c in text.proposed]


class Sample:
    """All events that all clauses may tell as rows: whether it is a claim of the annotators (`told`), and whether they have one with this event there (`right`)."""

    def __init__(self, texts):
        self.texts = texts
        self.clauses = [(n, c) for n, t in enumerate(texts) for c in t.proposed]
        counts = Counter(name for _, c in self.clauses for _, marks in c.rivals for name in marks)
        self.names = sorted(name for name, n in counts.items() if n >= LEAST_OFTEN)
        numbers, self.article, self.right, self.told, self.first = [], [], [], [], []
        for n, t in enumerate(texts):
            for c, row in zip(t.proposed, firm_first(t), strict=True):
                events = {g["event"] for g in t.gold if overlapping(g, c) is not None}
                if c.faint and row is None:
                    events = set()
                for place, (event, marks) in enumerate(c.rivals):
                    numbers.append([marks.get(name, 0.0) for name in self.names])
                    self.article.append(n)
                    self.right.append(event in events)
                    self.told.append(row is not None)
                    self.first.append(place == 0)
        self.numbers = np.array(numbers, dtype=np.float32)
        real = [t.group in {"five", "war news"} for t in texts]
        self.weights = np.where(np.array(real)[self.article], REAL, 1.0)
        self.article, self.right, self.told, self.first = map(
            np.array, (self.article, self.right, self.told, self.first)
        )

    def fit(self, chosen):
        """The trees of a clause, taught by the events of the rules, and those of an event."""
        first = chosen[self.first[chosen]]
        told = HistGradientBoostingClassifier(**TREES, early_stopping=False, random_state=0)
        event = HistGradientBoostingClassifier(**TREES, early_stopping=False, random_state=0)
        return (
            told.fit(self.numbers[first], self.told[first], sample_weight=self.weights[first]),
            event.fit(self.numbers[chosen], self.right[chosen], sample_weight=self.weights[chosen]),
        )


def believed(sample, told, event):
    """For each article the clauses that are believed, with their event, by the chances of all rows."""
    found, row = [[] for _ in sample.texts], 0
    for n, c in sample.clauses:
        rows = range(row, row + len(c.rivals))
        row += len(c.rivals)
        if told[rows[0]] >= (NEW if c.faint else KEPT):
            chances = [event[k] + (LIKELIER if k == rows[0] else 0.0) for k in rows]
            likeliest = int(np.argmax(chances))
            if not c.faint or chances[likeliest] >= NEW_EVENT:
                found[n].append((c, c.rivals[likeliest][0]))
    return found


def print_figures(sample, title, found):
    """Recall, precision and event of clauses with their events, by group."""
    tally = Counter()
    for t, told in zip(sample.texts, found, strict=True):
        told = [x for x in told if not any(_repeats(x, y) for y in told)]
        rows = paired(t.gold, [c for c, _ in told])
        optional = sum(bool(g and g.get("optional")) for g in rows)
        tally[t.group, "asked"] += sum(not g.get("optional") for g in t.gold)
        tally[t.group, "told"] += len(told) - optional
        for g, (_, event) in zip(rows, told, strict=True):
            if g is not None and not g.get("optional"):
                tally[t.group, "found"] += 1
                tally[t.group, "event"] += g["event"] == event
    for group in dict.fromkeys(t.group for t in sample.texts):
        asked, told, right, event = (tally[group, name] for name in ("asked", "told", "found", "event"))
        print(f"{title:9} {group:11} recall {right / asked:.3f} ({right}/{asked}) precision {right / told:.3f} ({right}/{told}) "
              f"event {event / right:.3f} ({event}/{right})")  # fmt: skip


def _repeats(one, other):
    (a, event), (b, same) = one, other
    return (
        a.sentence == b.sentence
        and event == same
        and b.start <= a.start
        and a.end <= b.end
        and b.end - b.start > a.end - a.start
    )


def cross_validate(sample):
    """Print what is believed in articles that were left out, beside what the rules say."""
    told, event = np.zeros(len(sample.right)), np.zeros(len(sample.right))
    for chosen, left in GroupKFold(FOLDS).split(sample.numbers, groups=sample.article):
        for found, model in zip((told, event), sample.fit(chosen), strict=True):
            found[left] = model.predict_proba(sample.numbers[left])[:, 1]
    by_rules = [[(c, c.rivals[0][0]) for c in t.proposed if not c.faint] for t in sample.texts]
    print_figures(sample, "rules", by_rules)
    print_figures(sample, "believed", believed(sample, told, event))


def write(sample, out):
    """Fit everything to all articles and store it with the fingerprint of the encoder and the codes."""
    told, event = sample.fit(np.arange(len(sample.right)))
    taught = taught_for(load_codebook(None))
    arrays = stored_trees("told", told, sample.names) | stored_trees("event", event, sample.names)
    np.savez_compressed(out, encoder=fingerprint(taught.encoder), codes=np.array(taught.codes), **arrays)
    print(f"{out.name}: {out.stat().st_size / 1e3:.0f} kB")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument(
        "--before", type=Path, required=True, help="weights with an encoder that p… to x… did not teach"
    )
    options.add_argument("--shared", type=Path, default=SHARED)
    options.add_argument("--out", type=Path, default=FILE)
    options.add_argument("--cross-validate", action="store_true")
    asked = options.parse_args()
    sample = Sample(list(all_texts(asked.shared, Encoder.read(arrays_of(asked.before)))))
    print(f"{len(sample.texts)} articles, {len(sample.clauses)} clauses, {len(sample.right)} events", flush=True)
    if asked.cross_validate:
        cross_validate(sample)
    else:
        write(sample, asked.out)


if __name__ == "__main__":
    main()
