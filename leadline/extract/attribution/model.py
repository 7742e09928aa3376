"""The trained part: which tokens head a cue, and what its source, cue and content are.

Two networks of the same shape. The first gives every candidate (verbs, and other words that were cues in training) the
probability that it heads a cue. The second tags the tokens of a cue's window; the best sequence of tags is its spans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from spacy.strings import get_string_id
from spacy.symbols import VERB

from leadline.extract.attribution.columns import Columns, Ints
from leadline.extract.attribution.draft import Draft
from leadline.extract.attribution.features import cue_features, hashed, token_features
from leadline.extract.attribution.network import Ensemble, Floats, Network
from leadline.extract.attribution.tagging import CONTENT, CUE, SOURCE, best_tags, role_of
from leadline.extract.attribution.windows import Windows

FILE = Path(__file__).parents[1] / "data" / "attribution.npz"
PAIRS_AT_ONCE = 20_000
"""Tokens beside cues that are tagged in one go; bounds the memory."""
CUES_IN_A_SENTENCE = 12
"""Real sentences have fewer; bounds the time for a text that is nothing but cues."""
ANCESTORS = 12
COLON = get_string_id(":")


@dataclass(frozen=True)
class Model:
    """Both kinds of network, the tags' transitions, and the words other than verbs that may head a cue.

    There are several networks of each kind, trained apart.
    """

    cues: Ensemble
    tags: Ensemble
    transitions: Floats
    words: Ints

    def candidates(self, c: Columns) -> Ints:
        """Indices of the tokens that may head a cue."""
        return np.flatnonzero(((c.pos == VERB) | np.isin(word_keys(c), self.words)) & ~c.space)

    def chances(self, c: Columns) -> Floats:
        """For each token the probability that it heads a cue; 0 for all but the candidates."""
        found = np.zeros(len(c), dtype=np.float32)
        at = self.candidates(c)
        if len(at):
            rows = hashed(cue_features(c, at), self.cues.rows)
            scores = self.cues.scores(rows, cue_neighbours(c, at))
            found[at] = 1 / (1 + np.exp(scores[:, 0] - scores[:, 1]))
        return found

    def drafts(self, c: Columns, heads: Sequence[int], chances: Floats) -> list[Draft]:
        """The attribution of each cue head; a head without content has none.

        `chances` holds for each token of the document the probability that it heads a cue.
        """
        windows = Windows(c, COLON)
        found: list[Draft] = []
        batch: list[tuple[int, Ints]] = []
        size = 0
        for head in heads:
            at = windows.of(head)
            batch.append((head, at))
            size += len(at)
            if size > PAIRS_AT_ONCE:
                found += self._tagged(c, batch, chances)
                batch, size = [], 0
        return found + self._tagged(c, batch, chances)

    def _tagged(self, c: Columns, batch: list[tuple[int, Ints]], chances: Floats) -> list[Draft]:
        if not batch:
            return []
        lengths = [len(at) for _, at in batch]
        bounds = np.concatenate([[0], np.cumsum(lengths)])
        at = np.concatenate([at for _, at in batch])
        cue = np.repeat(np.array([head for head, _ in batch], dtype=np.int64), lengths)
        rows = hashed(token_features(c, cue, at, chances), self.tags.rows)
        scores = self.tags.scores(rows, token_neighbours(c, at, bounds))
        roles = role_of(best_tags(scores, bounds, self.transitions))
        found: list[Draft] = []
        for k, (head, here) in enumerate(batch):
            role = roles[bounds[k] : bounds[k + 1]]
            source, words, content = (tuple(here[role == r].tolist()) for r in (SOURCE, CUE, CONTENT))
            if content:
                score = float(chances[head])
                found.append(Draft(head=head, source=source, cue=words or (head,), content=content, score=score))
        return found


@cache
def load_model() -> Model:
    """The shipped model, read once a process."""
    with np.load(FILE, allow_pickle=False) as archive:
        arrays = dict(archive)
    members = range(int(arrays["members"]))
    return Model(
        cues=Ensemble([Network.read(arrays, f"cues{k}") for k in members]),
        tags=Ensemble([Network.read(arrays, f"tags{k}") for k in members]),
        transitions=np.mean([arrays[f"transitions{k}"] for k in members], axis=0, dtype=np.float32),
        words=np.asarray(arrays["words"], dtype=np.int64),
    )


def word_keys(c: Columns) -> Ints:
    """Lemma and part of speech as one number."""
    return c.lemma * 31 + c.pos


def cue_neighbours(c: Columns, at: Ints) -> list[Ints]:
    """Candidates beside each candidate: itself, one before, one after, two above it in the parse, two before."""
    n = len(at)
    here = np.arange(n)
    above = candidate_above(c, at)
    return [
        here,
        here - 1,
        np.where(here + 1 < n, here + 1, -1),
        above,
        np.where(above >= 0, above[above], -1),
        np.where(here >= 2, here - 2, -1),
    ]


def candidate_above(c: Columns, at: Ints) -> Ints:
    """For each candidate the place in `at` of the nearest candidate above it in the parse, -1 where there is none."""
    place = np.full(len(c), -1)
    place[at] = np.arange(len(at))
    found = np.full(len(at), -1)
    up = at
    for _ in range(ANCESTORS):
        is_root = c.head[up] == up
        up = c.head[up]
        found = np.where((found < 0) & ~is_root, place[up], found)
    return np.where(found == np.arange(len(at)), -1, found)


def token_neighbours(c: Columns, at: Ints, bounds: Ints) -> list[Ints]:
    """Tokens beside each token of a window: two before, itself, two after, and its head where that is in the window."""
    n = len(at)
    here = np.arange(n)
    window = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    found = []
    for shift in (-2, -1, 0, 1, 2):
        there = np.clip(here + shift, 0, n - 1)
        found.append(np.where((here + shift == there) & (window[there] == window), there, -1))
    head = c.head[at]
    # windows are increasing, and so is (window, token) as one number: look the head up among them
    width = len(c) + 1
    keys = window * width + at
    place = np.searchsorted(keys, window * width + head)
    place = np.clip(place, 0, n - 1)
    found.append(np.where((keys[place] == window * width + head) & (head != at), place, -1))
    return found
