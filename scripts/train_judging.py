"""Fit what decides medium and verification of claims to annotated articles: `leadline/extract/data/judging.npz`.

usage: train_judging.py [--shared DIR] [--out FILE]
       train_judging.py --cross-validate     what it decides in articles that it was not fitted to, beside the rules

Articles: the marked ones (`training/articles`), the sets `open`, `news` and `wire` of `eval/invented`, and, where DIR (`../shared`) is present, the
five and sets a and b of the annotated war-news. They are read by the flow as it is; each claim that was found and that the annotators have too is one example. The
blind sets are not touched. A mark must stand in `LEAST_OFTEN` examples. The second model is taught with what first models, fitted to other articles, make
of the claims around. Deterministic; the encoder in the codebook's file must be the one that is shipped with the weights: run it again after `train_encoder.py`.
What a sentence says on checking and the media stay as they are in the file (`train_hearing.py`, `train_media.py`, to be run before). What is fitted sees the
media of models that were fitted to other articles.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
import claims as five_articles  # noqa: E402  (the benchmarks' readers of annotated articles)
import invented_gold  # noqa: E402
import marked_articles  # noqa: E402
import war_news_gold  # noqa: E402
from gold_sets import SHARED, read_rows  # noqa: E402
from train_hearing import stored  # noqa: E402

from leadline.codebook import load_codebook  # noqa: E402
from leadline.extract.algebra import one_thread  # noqa: E402
from leadline.extract.archives import arrays_of  # noqa: E402
from leadline.extract.attribution import find_attributions  # noqa: E402
from leadline.extract.claims.assemble import tell  # noqa: E402
from leadline.extract.claims.coded import coder  # noqa: E402
from leadline.extract.claims.coded.sentences import fingerprint  # noqa: E402
from leadline.extract.claims.coded.taught import taught_for  # noqa: E402
from leadline.extract.claims.details.fields import FieldReadings  # noqa: E402
from leadline.extract.claims.judged.carried import around, marks_of, numbers_of, places_of  # noqa: E402
from leadline.extract.claims.judged.checked import CODES  # noqa: E402
from leadline.extract.claims.judged.judging import FILE, judges_for  # noqa: E402
from leadline.extract.claims.judged.pairing import pairs, with_media  # noqa: E402
from leadline.extract.claims.judged.settled import Covered, raised, words_of  # noqa: E402
from leadline.extract.claims.judged.settled import numbers_of as numbers_of_claim  # noqa: E402
from leadline.extract.claims.known import Known  # noqa: E402
from leadline.extract.language import load_language  # noqa: E402
from leadline.extract.mending import mend  # noqa: E402
from leadline.extract.numbers import find_numbers  # noqa: E402
from leadline.extract.parse import parse_documents  # noqa: E402
from leadline.extract.places import find_places  # noqa: E402
from leadline.extract.reading import Resources  # noqa: E402
from leadline.extract.times import find_times  # noqa: E402
from leadline.extract.units import find_units  # noqa: E402
from leadline.schema import Medium  # noqa: E402
from leadline.settings import Settings, load_settings  # noqa: E402

MEDIA = Medium.__args__
LEAST_OFTEN = 3
STRENGTH = 0.3
"""Inverse of the ridge penalty."""
SPREAD = 0.15
"""What one standard deviation of a number of a meaning counts beside a mark that is there."""
OPTIONAL = 0.7
"""Weight of a claim that annotators might have left out."""
CHECK_STRENGTH = 2.0
REAL = 2.0
"""Weight of a claim of a real article."""
TREES = {"max_iter": 120, "learning_rate": 0.06, "max_leaf_nodes": 8, "min_samples_leaf": 15, "l2_regularization": 3.0}
SETTLING = {
    "max_iter": 60,
    "learning_rate": 0.06,
    "max_leaf_nodes": 6,
    "min_samples_leaf": 20,
    "l2_regularization": 5.0,
}
FOLDS = 4
ALIKE, MOST_LONGER = 0.3, 3


# -- articles ---------------------------------------------------------------------------------------------------------


@dataclass
class Text:
    """What an article gives for each claim found in it: marks and numbers, where it stands, what the rules say, the annotators' row or None."""

    name: str
    marks: list
    numbers: np.ndarray
    paragraphs: list
    speakers: list
    media: list
    verification: list
    words: list
    pairs: list
    heard: list
    gold: list


def read(name, documents, resources, rows, judges):
    """The articles of a set that hold claims; `rows` are the annotated ones of all of them."""
    load_language()
    for document in documents:
        mended = mend(document)
        parsed = next(parse_documents([mended.document if mended else document]))
        if not parsed.is_read:
            continue
        doc = parsed.doc
        times, units = find_times(doc, parsed.document.published), find_units(doc)
        places = find_places(doc, resources.gazetteer, boilerplate=parsed.document.boilerplate)
        fields = FieldReadings(find_numbers(doc, times=times, units=units), times, places, units)
        text = Known.of(parsed, find_attributions(parsed), resources.register, resources.coder, fields)
        if text is None:
            continue
        told, page = tell(text), text.page()
        if told and page is not None:
            shown = [mended.claim(x.claim) if mended else x.claim for x in told]
            here = [r for r in rows if r["document"] == Path(document.document).name]
            yield text_of(
                f"{name} {document.document[0]}" if name == "marked" else name, told, page, paired(here, shown), judges
            )


def text_of(name, told, page, gold, judges):
    """What one article gives."""
    with one_thread():
        heard = judges.heard(page)
        numbers = numbers_of(told, page)
        found = pairs(told, page, heard)
    paragraphs, speakers = places_of(told, page)
    return Text(
        name, [marks_of(x, page) for x in told], numbers, paragraphs, speakers, [x.claim.medium for x in told],
        [x.claim.verification for x in told], words_of(told, page), found, [h.code for h in heard], gold,
    )  # fmt: skip


def overlapping(row, claim):
    """The share of their union that an annotated row and a claim have in common, None where the scorer would not pair them."""
    shared = min(row["end"], claim.end) - max(row["start"], claim.start)
    own, other = row["end"] - row["start"], claim.end - claim.start
    union = own + other - shared
    near = shared > 0 and (shared / union >= ALIKE or (2 * shared >= own and other <= MOST_LONGER * own))
    return shared / union if near else None


def paired(rows, claims):
    """For each claim the annotated row that the scorer would pair it with."""
    pairs = sorted(
        (bool(g.get("optional")), -share, i, j)
        for i, g in enumerate(rows)
        for j, c in enumerate(claims)
        if (share := overlapping(g, c)) is not None
    )
    taken, found = set(), [None] * len(claims)
    for _, _, i, j in pairs:
        if i not in taken and found[j] is None:
            taken.add(i)
            found[j] = rows[i]
    return found


def ingested(folder, *words):
    five_articles.leadline("ingest", *words, "--case", folder / "case")
    return five_articles.documents(folder / "case")


def all_texts(shared, judges):
    """Every article of every set."""
    coder.judges_for = lambda _: None  # what is fitted here need not be there yet
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        articles = marked_articles.read_articles(marked_articles.ARTICLES)
        (folder / "marked").mkdir()
        _, settings = marked_articles.lay_out_articles(folder / "marked", articles)
        documents = ingested(folder / "marked", folder / "marked" / "articles", "--settings", settings)
        rows = [c for a in articles for c in a.claims]
        yield from read("marked", documents, Resources.of(load_settings(settings)), rows, judges)
        settings = invented_gold.INVENTED / "leadline.toml"
        for name in invented_gold.LOOKED_AT:
            documents = ingested(folder / name, invented_gold.INVENTED / name, "--settings", settings)
            rows, _, _ = invented_gold.annotated(name)
            yield from read(name, documents, Resources.of(load_settings(settings)), rows, judges)
        if not (shared / "gold").is_dir():
            return
        resources = Resources.of(Settings())
        seeds = shared / "seeds"
        documents = ingested(folder / "five", *sorted(seeds.glob("*.txt")), "--meta", seeds / "meta.csv")
        yield from read("five", documents, resources, read_rows(shared / "gold" / "claims.jsonl"), judges)
        sets = war_news_gold.LOOKED_AT
        rows, _ = war_news_gold.restored(shared / "corpora" / "war-news", sets)
        documents = five_articles.war_news(shared, folder, sets)
        yield from read("war news", documents, resources, rows, judges)


# -- fitting ----------------------------------------------------------------------------------------------------------


class Sample:
    """All claims of all articles as rows; a class is -1 where nobody annotated a claim."""

    def __init__(self, texts):
        self.texts = texts
        self.place = [(n, j) for n, t in enumerate(texts) for j in range(len(t.marks))]
        self.row = {place: k for k, place in enumerate(self.place)}
        self.article = np.array([n for n, _ in self.place])
        gold = [g for t in texts for g in t.gold]
        self.media = np.array([MEDIA.index(g["medium"]) if g else -1 for g in gold])
        self.checked = np.array([CODES.index(g["verification"]) if g else -1 for g in gold])
        self.optional = np.array([bool(g and g.get("optional")) for g in gold])
        real = np.array([t.name in {"five", "war news"} for t in texts for _ in t.gold])
        self.weights = np.where(self.optional, OPTIONAL, 1.0) * np.where(real, REAL, 1.0)
        self.names, self.table = self.known([m for t in texts for m in t.marks])
        self.words, self.doubts = self.known([m for t in texts for m in t.words])
        self.numbers = np.vstack([t.numbers for t in texts])
        self.middle, spread = self.numbers.mean(axis=0), self.numbers.std(axis=0) + 1e-6
        self.scale = SPREAD / spread
        self.pairs = [(self.row[n, j], t.heard[h], pair) for n, t in enumerate(texts) for j, h, pair in t.pairs]

    def known(self, marks):
        """The names of marks that stand often enough, and the marks as a matrix."""
        counts = Counter(name for k in np.flatnonzero(self.media >= 0) for name in marks[k])
        names = sorted(name for name, n in counts.items() if n >= LEAST_OFTEN)
        known = set(names)
        kept = [{n: v for n, v in m.items() if n in known} for m in marks]
        return names, DictVectorizer().fit([dict.fromkeys(names, 1.0)]).transform(kept).tocsr()

    def rows(self, more=None):
        """The matrix of what shows media, with further numbers as they are."""
        parts = [self.table, sp.csr_matrix((self.numbers - self.middle) * self.scale)]
        return sp.hstack([*parts, sp.csr_matrix(more)] if more is not None else parts).tocsr()

    def around(self, chances):
        """What stands around each claim, by the chances of all."""
        parts, at = [], 0
        for t in self.texts:
            parts.append(around(t.paragraphs, t.speakers, chances[at : at + len(t.marks)]))
            at += len(t.marks)
        return np.vstack(parts)

    def paired(self, media):
        """The numbers of all pairs, given the chances of the media; sets the names of the columns."""
        rows = [with_media(pair, dict(zip(MEDIA, media[k], strict=True))) for k, _, pair in self.pairs]
        self.columns = sorted(rows[0])
        return np.array([[row[c] for c in self.columns] for row in rows], dtype=np.float32)


def fit(rows, classes, sample, chosen, strength=STRENGTH):
    """A model of the annotated rows among the chosen."""
    own = chosen[classes[chosen] >= 0]
    model = LogisticRegression(C=strength, max_iter=1000)
    return model.fit(rows[own], classes[own], sample_weight=sample.weights[own])


def chances_of(model, rows, size):
    found = np.zeros((rows.shape[0], size))
    found[:, model.classes_] = model.predict_proba(rows)
    return found


def by_others(chosen, sample, folds, estimate):
    """For the chosen rows what models make of them that were fitted to other articles among the chosen: `estimate(fitted, asked)` gives it."""
    parts = [
        (chosen[b], estimate(chosen[a], chosen[b]))
        for a, b in GroupKFold(folds).split(chosen, groups=sample.article[chosen])
    ]
    found = np.zeros((len(sample.place), parts[0][1].shape[1]))
    for rows, values in parts:
        found[rows] = values
    return found


def fit_media(sample, chosen):
    """The first model, the second, and the chances of the media for every row, by models not fitted to its article."""
    rows, everything = sample.rows(), np.arange(len(sample.place))
    outside = np.setdiff1d(everything, chosen)
    first = fit(rows, sample.media, sample, chosen)
    seen = by_others(
        chosen, sample, FOLDS, lambda a, b: chances_of(fit(rows, sample.media, sample, a), rows[b], len(MEDIA))
    )
    if len(outside):
        seen[outside] = chances_of(first, rows[outside], len(MEDIA))
    full = sample.rows(sample.around(seen))
    second = fit(full, sample.media, sample, chosen)
    chances = by_others(
        chosen, sample, 2, lambda a, b: chances_of(fit(full, sample.media, sample, a), full[b], len(MEDIA))
    )
    if len(outside):
        chances[outside] = chances_of(second, full[outside], len(MEDIA))
    return first, second, chances


def fit_trees(numbers, sample, chosen):
    """Trees that say whether a sentence covers a claim: those pairs where the claim's verification is what the sentence says."""
    inside = np.zeros(len(sample.place), dtype=bool)
    inside[chosen[sample.checked[chosen] >= 0]] = True
    own = [n for n, (k, _, _) in enumerate(sample.pairs) if inside[k]]
    wanted = [sample.checked[sample.pairs[n][0]] == sample.pairs[n][1] for n in own]
    model = HistGradientBoostingClassifier(**TREES, early_stopping=False, random_state=0)
    return model.fit(numbers[own], wanted)


def covered(model, numbers, sample, asked):
    """For the asked rows, of each code: the chance that a sentence covers each, and the number of the likeliest pair or -1."""
    place = {k: n for n, k in enumerate(asked.tolist())}
    stated = len(CODES) - 1
    best = np.hstack([np.zeros((len(asked), stated)), np.full((len(asked), stated), -1.0)])
    own = [n for n, (k, _, _) in enumerate(sample.pairs) if k in place]
    if own:
        for n, p in zip(own, model.predict_proba(numbers[own])[:, 1].tolist(), strict=True):
            k, code, _ = sample.pairs[n]
            if p > best[place[k], code - 1]:
                best[place[k], code - 1], best[place[k], stated + code - 1] = p, n
    return best


def seen_by_trees(sample, best, numbers, media):
    """What the trees that settle see of every claim; sets the names of the columns."""
    rows, stated, known = [], len(CODES) - 1, set(sample.words)
    words = [{n: v for n, v in m.items() if n in known} for t in sample.texts for m in t.words]
    for k, found in enumerate(best.tolist()):
        pairs = {
            n: dict(zip(sample.columns, numbers[int(p)].tolist(), strict=True))
            for n, p in enumerate(found[stated:])
            if p >= 0
        }
        claim = Covered(np.array(found[:stated]), pairs)
        rows.append(numbers_of_claim(words[k], claim, dict(zip(MEDIA, media[k].tolist(), strict=True))))
    sample.settled_by = sorted({name for row in rows for name in row})
    return np.array([[row.get(c, 0.0) for c in sample.settled_by] for row in rows], dtype=np.float32)


def fit_settling(rows, sample, chosen):
    """Trees of the verification of a claim."""
    own = chosen[sample.checked[chosen] >= 0]
    model = HistGradientBoostingClassifier(**SETTLING, early_stopping=False, random_state=0)
    return model.fit(rows[own], sample.checked[own], sample_weight=sample.weights[own])


def fit_checks(sample, chosen, media):
    """The trees of pairs, the two models of a claim's verification, and what they make of the rows outside of the chosen."""
    numbers = sample.paired(media)
    outside = np.setdiff1d(np.arange(len(sample.place)), chosen)
    trees = fit_trees(numbers, sample, chosen)
    best = by_others(chosen, sample, FOLDS, lambda a, b: covered(fit_trees(numbers, sample, a), numbers, sample, b))
    best[outside] = covered(trees, numbers, sample, outside)
    rows = sp.hstack([sample.doubts, sp.csr_matrix(best[:, : len(CODES) - 1])]).tocsr()
    model = fit(rows, sample.checked, sample, chosen, CHECK_STRENGTH)
    seen = seen_by_trees(sample, best, numbers, media)
    settling = fit_settling(seen, sample, chosen)
    if not len(outside):
        return trees, (model, settling), None
    both = chances_of(model, rows[outside], len(CODES)) + chances_of(settling, seen[outside], len(CODES))
    return trees, (model, settling), raised(both / 2)


def cross_validate(sample):
    """Print the share of right media and verification in articles that were left out, by set, beside that of the rules."""
    everything = np.arange(len(sample.place))
    media, checked = np.zeros(len(everything), dtype=int), np.zeros(len(everything), dtype=int)
    for chosen, left in GroupKFold(FOLDS).split(everything, groups=sample.article):
        _, _, chances = fit_media(sample, chosen)
        media[left] = chances[left].argmax(axis=1)
        checked[left] = fit_checks(sample, chosen, chances)[2].argmax(axis=1)
    for title, codes, gold, found, rules, stated in (
        ("medium", MEDIA, sample.media, media, "media", False),
        ("verification", CODES, sample.checked, checked, "verification", False),
        ("stated", CODES, sample.checked, checked, "verification", True),
    ):
        tally = Counter()
        for k, (n, j) in enumerate(sample.place):
            if gold[k] < 0 or sample.optional[k] or (stated and not gold[k]):
                continue
            for key in (sample.texts[n].name, "all"):
                tally[key, 0] += 1
                tally[key, 1] += codes.index(getattr(sample.texts[n], rules)[j]) == gold[k]
                tally[key, 2] += found[k] == gold[k]
        print(f"{title:14} claims  rules  model")
        for key in dict.fromkeys(k for k, _ in tally):
            n = tally[key, 0]
            print(f"{key:14} {n:6} {tally[key, 1] / n:6.3f} {tally[key, 2] / n:6.3f}")
    counted = (sample.checked >= 0) & ~np.asarray(sample.optional, dtype=bool)
    told = counted & (checked == CODES.index("verified"))
    print(f"verified: {told.sum()} told, {(told & (sample.checked != checked)).sum()} of them wrongly")


# -- weights ----------------------------------------------------------------------------------------------------------


def stored_trees(name, model, columns, of_class=0):
    """The arrays of the boosted trees of a class under a name; a leaf leads to itself."""
    number, threshold, left, right, value, roots, depth = [], [], [], [], [], [], 0
    for tree in (trees[of_class] for trees in model._predictors):
        base = len(number)
        roots.append(base)
        for k, node in enumerate(tree.nodes):
            leaf = bool(node["is_leaf"])
            number.append(0 if leaf else int(node["feature_idx"]))
            threshold.append(0.0 if leaf else float(node["num_threshold"]))
            left.append(base + (k if leaf else int(node["left"])))
            right.append(base + (k if leaf else int(node["right"])))
            value.append(float(node["value"]) if leaf else 0.0)
            depth = max(depth, int(node["depth"]))
    return {
        f"{name}.names": np.array("\n".join(columns)), f"{name}.number": np.array(number, dtype=np.int16),
        f"{name}.threshold": np.array(threshold, dtype=np.float32), f"{name}.left": np.array(left, dtype=np.int16),
        f"{name}.right": np.array(right, dtype=np.int16), f"{name}.value": np.array(value, dtype=np.float32),
        f"{name}.roots": np.array(roots, dtype=np.int16), f"{name}.depth": np.array(depth),
        f"{name}.bias": np.array(float(np.ravel(model._baseline_prediction)[of_class])),
    }  # fmt: skip


def write(sample, out):
    """Fit everything to all claims and store it beside what stays."""
    _, _, chances = fit_media(sample, np.arange(len(sample.place)))
    trees, (checks, settling), _ = fit_checks(sample, np.arange(len(sample.place)), chances)
    arrays = stored_trees("covering", trees, sample.columns) | stored("verification", checks, CODES, sample.words)
    for n, code in enumerate(CODES):
        arrays |= stored_trees(f"settling {code}", settling, sample.settled_by, n)
    np.savez_compressed(out, **arrays_of(FILE) | arrays)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=SHARED)
    options.add_argument("--out", type=Path, default=FILE)
    options.add_argument("--cross-validate", action="store_true")
    asked = options.parse_args()
    judges = judges_for(fingerprint(taught_for(load_codebook(None)).encoder))
    if judges is None:
        raise SystemExit(
            "the weights belong to another encoder; expected those of the codebook's: run train_hearing.py first"
        )
    texts = list(all_texts(asked.shared, judges))
    with one_thread():
        sample = Sample(texts)
        print(f"{len(texts)} articles, {(sample.media >= 0).sum()} claims, {len(sample.pairs)} pairs", flush=True)
        if asked.cross_validate:
            cross_validate(sample)
            return
        write(sample, asked.out)
    print(f"{asked.out.name}: {asked.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
