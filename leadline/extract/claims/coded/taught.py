"""Events told in words that no pattern foresaw: a small network that was taught by marked sentences.

For each content word it says how likely that word tells an event of the codebook, and which; sentences in which it suspects
something are read once more as a whole (`leadline.extract.claims.coded.encoder`). What is likely enough
stands beside the hits of the patterns as another `Found`; roles, realis, numbers and sources are read from it in the same way. Trained by
`scripts/train_events.py`; the codebook names the file (`learned`), and a codebook without one is read by patterns alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Token

from leadline.codebook import Codebook
from leadline.errors import CodebookError
from leadline.extract.algebra import OPS, one_thread
from leadline.extract.archives import arrays_of
from leadline.extract.attribution.columns import Ints
from leadline.extract.attribution.features import hashed
from leadline.extract.attribution.network import summed
from leadline.extract.claims.coded.contexts import PARSER_NUMBERS, ROLES, Contexts, contexts_of
from leadline.extract.claims.coded.encoder import SUSPECTED, Encoder, Ending, softmax
from leadline.extract.claims.coded.events import Found
from leadline.extract.claims.coded.meanings import load_meanings
from leadline.extract.claims.coded.senses import Floats, Senses
from leadline.extract.claims.coded.telling import telling_for
from leadline.extract.claims.words import Line

NAMES = ("dense", "bias0", "inner", "bias1", "outer", "bias2")
FAINTEST, SUREST = 0.6, 0.95
"""Weights of a word that is hardly and of one that is certainly an event, beside those that a codebook gives its patterns."""
FAINT = 0.05
"""Chance from which a word may tell an event where all that is known of its clause speaks for it (`believed.py`)."""
MADE_BY = "a file of scripts/train_events.py"
STRETCH, MARGIN = 3_000, 400
"""Tokens of which all is known at a time, and those beside them whose sentences are seen too."""
PLAIN = 0.005
"""The chance of any event, by the first network, below which the others are not asked: of 26,000 words in 106 articles not one of those heard lies below it."""
MIX = np.float32(0.7)
"""What the encoder's chances weigh beside those of the networks."""
RETRAIN = "train it again with scripts/train_events.py, or leave the key `learned` out"


@dataclass(frozen=True)
class Member:
    """Weights of one network: `dense` on the sums of vectors, `table` with a row for each mark in bytes of `scale`."""

    table: NDArray[np.int8]
    scale: float
    dense: Floats
    bias0: Floats
    inner: Floats
    bias1: Floats
    outer: Floats
    bias2: Floats

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[np.generic]], k: int) -> Member:
        """The network stored as number `k` of an archive."""
        parts = {name: np.asarray(arrays[f"{name}{k}"], dtype=np.float32) for name in NAMES}
        return cls(table=np.asarray(arrays[f"table{k}"], dtype=np.int8), scale=float(arrays[f"scale{k}"]), **parts)

    def scores(self, roles: Floats, rows: Ints) -> Floats:
        """Scores `(items, classes)`; class 0 is "tells no event"."""
        first = OPS.gemm(roles, self.dense) + summed(self.table, rows) * np.float32(self.scale) + self.bias0
        first = np.maximum(first, 0)
        second = np.maximum(OPS.gemm(first, self.inner) + self.bias1, 0)
        return np.asarray(OPS.gemm(np.hstack([first, second]), self.outer) + self.bias2, dtype=np.float32)


@dataclass(frozen=True)
class Heard:
    """What a taught model makes of a text: the words that tell an event (`hits`), those in which it hears one faintly, and for every word the chance of every code;
    `told` is the chance of every realis by word, for words of sentences that were read as a whole.
    """

    hits: tuple[Found, ...] = ()
    row: Mapping[int, int] = field(default_factory=dict)
    chances: Floats | None = None
    codes: tuple[str, ...] = ()
    faint: tuple[Found, ...] = ()
    told: Mapping[int, Floats] = field(default_factory=dict)

    def of(self, line: Line) -> list[Found]:
        """The hits in a sentence, the faint ones last."""
        if not line.tokens:
            return []
        first, last = line.tokens[0].i, line.tokens[-1].i
        return [f for f in (*self.hits, *self.faint) if first <= f.head.i <= last]

    def is_faint(self, found: Found) -> bool:
        """Whether a hit is one that is only heard faintly."""
        return found.learned and found.head.i in self._faintly

    @cached_property
    def _faintly(self) -> frozenset[int]:
        return frozenset(f.head.i for f in self.faint)

    def chance(self, found: Found) -> float:
        """The chance that one of the words of a hit tells its event, 0 where the model does not know the code."""
        return max(self.chance_of(t, found.event) for t in found.tokens)

    def rival(self, found: Found) -> float:
        """The greatest chance that one of the words of a hit tells another event."""
        if self.chances is None or found.event not in self.codes:
            return 0.0
        others = np.arange(len(self.codes)) != self.codes.index(found.event)
        rows = [self.row[t.i] for t in found.tokens if t.i in self.row]
        return float(self.chances[rows][:, others].max()) if rows else 0.0

    def chance_of(self, word: Token, event: str) -> float:
        """The chance that a word tells an event, 0 where it is no candidate."""
        if self.chances is None or event not in self.codes or word.i not in self.row:
            return 0.0
        return float(self.chances[self.row[word.i], self.codes.index(event)])


@dataclass(frozen=True)
class Taught:
    """A trained model: its codes, its networks, and from which probability a code is believed."""

    codes: tuple[str, ...]
    members: tuple[Member, ...]
    sharpness: float
    least: Floats
    senses: Senses
    ranks: tuple[int, ...] = ()
    encoder: Encoder | None = None
    telling: Ending | None = None

    def chances(self, context: Contexts) -> Floats:
        """For each candidate the probability of each code, `(candidates, codes)`."""
        if not len(context.at):
            return np.zeros((0, len(self.codes)), dtype=np.float32)
        rows = hashed(context.marks, len(self.members[0].table))
        first, *others = self.members
        with one_thread():
            scores = first.scores(context.roles, rows) * self.sharpness
            some = np.flatnonzero(softmax(scores)[:, 0] <= 1 - PLAIN)
            if len(some) and others:
                roles, rows = context.roles[some], rows[some]
                more = sum(m.scores(roles, rows) for m in others) * self.sharpness
                scores[some] = (scores[some] + more) / len(self.members)
        return softmax(np.asarray(scores, dtype=np.float32))[:, 1:]

    def hear(self, doc: Doc) -> Heard:
        """What the words of a text tell, by the networks: those that tell an event, each with its likeliest code, and the chances of all."""
        if not len(doc):
            return Heard()
        at, chances = [], []
        for start, end in stretches(doc):
            whole = start == 0 and end == len(doc)
            first, last = max(0, start - MARGIN), min(len(doc), end + MARGIN)
            first, last = doc[first].sent.start, doc[last - 1].sent.end
            context = contexts_of(doc if whole else doc[first:last].as_doc(), self.senses)
            own = (context.at + first >= start) & (context.at + first < end)
            at.append(context.at[own] + first)
            chances.append(self.chances(context)[own])
        return self.heard(doc, np.concatenate(at), np.concatenate(chances))

    def reread(self, doc: Doc, heard: Heard) -> Heard:
        """What was heard, with the chances of the encoder mixed in where the networks suspect something in a sentence."""
        if self.encoder is None or heard.chances is None:
            return heard
        at, chances = np.fromiter(heard.row, dtype=np.int64, count=len(heard.row)), heard.chances.copy()
        suspected = chances.max(axis=1) >= SUSPECTED
        texts, asked, where = [], [], []
        before = doc[:0]
        for sentence in doc.sents:
            here, before = before, sentence
            first, stop = np.searchsorted(at, (sentence.start, sentence.end)).tolist()
            if not suspected[first:stop].any():
                continue
            pieces = self.encoder.vocabulary.of(sentence.text, here.text.strip())
            rows = np.array(pieces.first([doc[i].idx - sentence.start_char for i in at[first:stop].tolist()]))
            if len(read := np.flatnonzero(rows >= 0)):
                texts.append(pieces.ids)
                asked.append(rows[read].tolist())
                where.append(first + read)
        endings = [self.encoder.ending, *([self.telling] if self.telling is not None else [])]
        with one_thread():
            events, *realis = self.encoder.ended(texts, asked, *endings)
        for places, found in zip(where, events, strict=True):
            chances[places] += MIX * (found[:, 1:] - chances[places])
        told = {
            int(at[k]): row
            for own in realis
            for some, rows in zip(where, own, strict=True)
            for k, row in zip(some.tolist(), rows, strict=True)
        }
        return replace(self.heard(doc, at, chances), told=told)

    def heard(self, doc: Doc, at: Ints, chances: Floats) -> Heard:
        """The words of a text that are likely enough to tell an event, by the chances of its candidates."""
        if not len(chances):
            return Heard()
        best = chances.argmax(axis=1)
        p = chances[np.arange(len(best)), best]
        hits: list[Found] = []
        faint: list[Found] = []
        for k in np.flatnonzero(p >= FAINT).tolist():
            head, c = doc[int(at[k])], int(best[k])
            weight = round(FAINTEST + (SUREST - FAINTEST) * float(p[k]), 3)
            found = Found(self.codes[c], head, (head,), weight, self.ranks[c], None, learned=True)
            (hits if p[k] >= self.least[best[k]] else faint).append(found)
        return Heard(tuple(hits), {i: k for k, i in enumerate(at.tolist())}, chances, self.codes, tuple(faint))


def stretches(doc: Doc) -> Iterator[tuple[int, int]]:
    """A text in stretches of whole sentences: what is known of every word takes memory, and no article needs a second one."""
    start = 0
    while len(doc) - start > STRETCH:
        sentence = doc[start + STRETCH].sent
        end = sentence.start if sentence.start > start else sentence.end
        yield start, end
        start = end
    yield start, len(doc)


def taught_for(book: Codebook) -> Taught | None:
    """The model that a codebook names, None where it names none.

    Raises `CodebookError` where the file is broken, was trained with another table of word vectors, or knows an event or a
    class that the codebook does not have.
    """
    path = book.file.learned
    if not path:
        return None
    arrays = arrays_of(Path(path), "the model", expected=MADE_BY, todo=RETRAIN)
    try:
        return _read(arrays, path, book)
    except (ValueError, KeyError) as e:
        raise CodebookError(f"the model lacks a part ({e})", place=path, expected=MADE_BY, todo=RETRAIN) from e


def _read(arrays: Mapping[str, NDArray[np.generic]], path: str, book: Codebook) -> Taught:
    meanings, codes, classes = load_meanings(), *(tuple(map(str, arrays[n])) for n in ("codes", "classes"))
    for taught, known, kind in ((codes, book.names, "event"), (classes, book.classes, "class")):
        unknown = [name for name in taught if name not in known]
        if unknown:
            raise CodebookError(
                f"the model was taught with the {kind} {unknown[0]!r}, which the codebook does not have",
                place=path,
                expected="one of " + ", ".join(known),
                todo=RETRAIN,
            )
    if str(arrays["meanings"]) != meanings.name:
        raise CodebookError(
            f"the model was trained with the word vectors {str(arrays['meanings'])[:12]}…",
            place=path,
            expected=f"{meanings.name[:12]}…, the table that is shipped",
            todo=RETRAIN,
        )
    senses = Senses.of(meanings, book, classes)
    width, own = len(ROLES) * senses.width + 2 * PARSER_NUMBERS, len(arrays["dense0"])
    if own != width:
        raise CodebookError(
            f"the model takes {own} numbers a word",
            place=path,
            expected=f"{width}, as this version makes",
            todo=RETRAIN,
        )
    encoder = Encoder.read(arrays)
    return Taught(
        codes=codes,
        members=tuple(Member.read(arrays, k) for k in range(int(arrays["members"]))),
        sharpness=float(arrays["sharpness"]),
        least=np.asarray(arrays["least"], dtype=np.float32),
        senses=senses,
        ranks=tuple(book.event(code).rank for code in codes),
        encoder=encoder,
        telling=telling_for(encoder),
    )
