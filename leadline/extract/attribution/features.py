"""Hashed features of cue candidates and of tokens beside a cue, computed for many at once.

A feature is a number made from one or more columns; the model keeps one small vector for each of its rows, so no word
of any text is stored. Feature hashing: Weinberger et al. 2009, doi:10.1145/1553374.1553516.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leadline.extract.attribution.columns import CODE, Columns, Ints, bits

LIKELY = 0.4
"""Probability from which another cue is reckoned with when the tokens beside a cue are tagged."""
Rows = NDArray[np.int64]
PATH = 8
"""Steps of a dependency path that are looked at; longer ones are as good as unrelated."""


def hashed(features: Sequence[Sequence[Ints]], rows: int) -> Rows:
    """One table row for each feature and item: `(items, features)`; a feature is a conjunction of columns."""
    out = np.empty((len(features[0][0]), len(features)), dtype=np.int64)
    for k, parts in enumerate(features):
        h = np.full(len(parts[0]), (k + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF, dtype=np.uint64)
        for part in parts:
            h = (h ^ part.astype(np.int64).view(np.uint64)) * np.uint64(0xFF51AFD7ED558CCD)
            h ^= h >> np.uint64(32)
        out[:, k] = (h % np.uint64(rows)).astype(np.int64)
    return out


def pick(column: Ints, at: Ints) -> Ints:
    """The column's values at token indices; 0 where the index is outside."""
    if len(column) == 0:
        return np.zeros(len(at), dtype=np.int64)
    inside = (at >= 0) & (at < len(column))
    return np.where(inside, column[np.clip(at, 0, len(column) - 1)], 0)


def quote_state(c: Columns, at: Ints) -> Ints:
    """How a token stands to quotations: inside one, just before, just after, in a sentence that has one."""
    quoted = (c.quote >= 0).astype(np.int64)
    n_sentences = int(c.sentence[-1]) + 1 if len(c) else 1
    in_sentence = np.bincount(c.sentence, weights=quoted, minlength=n_sentences) > 0
    return (
        pick(quoted, at)
        + 2 * pick(quoted, at - 1)
        + 4 * pick(quoted, at + 1)
        + 8 * in_sentence[c.sentence[at]].astype(np.int64)
        + 16 * pick(quoted, at + 2)
    )


def cue_features(c: Columns, at: Ints) -> list[list[Ints]]:
    """Features of cue candidates: the word, what it takes, what stands around it, quotations."""
    lemma, lower, tag, pos, dep = (pick(x, at) for x in (c.lemma, c.lower, c.tag, c.pos, c.dep))
    head, subject, thing, clause = c.head[at], c.subject[at], c.object[at], c.clause[at]
    preposition, children = c.preposition[at], c.children[at]
    head_lemma, head_pos, head_dep = pick(c.lemma, head), pick(c.pos, head), pick(c.dep, head)
    grand = c.head[head]
    takes = children & bits("ccomp", "xcomp", "dobj", "prep", "agent", "acl", "nsubjpass", "dative", "oprd", "acomp")
    state = quote_state(c, at)
    clause_marker = pick(c.lower, pick(c.marker, clause) * (clause >= 0) - (clause < 0))
    side = np.sign(clause - at) * (clause >= 0)
    place = np.minimum(at - pick(np.searchsorted(c.sentence, c.sentence), at), 6)
    return [
        [lemma], [lower], [lemma, tag], [lemma, dep], [dep, head_lemma], [lemma, takes], [lemma, head_lemma, dep],
        [lemma, pick(c.lower, at + 1)], [lemma, pick(c.lower, at - 1)], [pick(c.lower, at - 1), pick(c.lower, at + 1)],
        [pick(c.lower, at + 1), pick(c.lower, at + 2)], [pick(c.lower, at - 1), pick(c.lower, at - 2)],
        [pick(c.lower, at + 1)], [pick(c.lower, at - 1)], [pick(c.tag, at - 1), tag, pick(c.tag, at + 1)],
        [pick(c.tag, at + 1), pick(c.tag, at + 2), tag], [lemma, pick(c.lemma, subject)], [pick(c.lemma, subject), pos],
        [pick(c.pos, subject), lemma], [pick(c.tag, subject), pick(c.dep, subject), takes], [lemma, pick(c.lemma, thing)],
        [pick(c.lemma, thing), pos], [pick(c.pos, thing), lemma], [lemma, pick(c.lower, preposition)],
        [pick(c.lower, preposition), takes], [lemma, clause_marker], [clause_marker, pick(c.dep, clause), side],
        [lemma, state], [state, takes, pos], [state, dep], [dep, head_pos, head_dep], [children, pos],
        [pick(c.lemma, grand), head_dep, dep], [pick(c.lemma, clause), lemma], [pick(c.pos, clause), side, takes],
        [pick(c.lower, c.helper[at]), lemma], [pick(c.lower, c.helper[at]), tag], [np.minimum(c.depth[at], 8), dep],
        [place, pos], [lemma, pick(c.lower, at + 1), pick(c.lower, at + 2)],
        [pick(c.lemma, thing), pick(c.lower, pick(c.preposition, thing) * (thing >= 0) - (thing < 0)), lemma],
    ]  # fmt: skip


def token_features(c: Columns, cue: Ints, at: Ints, chances: NDArray[np.float32]) -> list[list[Ints]]:
    """Features of tokens beside a cue's head: path in the parse, distance, quotations, neighbours, other cues.

    `chances` holds for each token of the document the probability that it heads a cue.
    """
    distance = at - cue
    far = np.sign(distance) * np.digitize(np.abs(distance), (1, 2, 3, 4, 6, 9, 13, 20, 35)).astype(np.int64)
    side = np.sign(distance)
    path, near, climbed = paths(c, cue, at)
    path_next, near_next, _ = paths(c, cue, np.minimum(at + 1, len(c) - 1))
    path_before, near_before, _ = paths(c, cue, np.maximum(at - 1, 0))
    lower, tag, dep = pick(c.lower, at), pick(c.tag, at), pick(c.dep, at)
    cue_lemma, cue_tag = pick(c.lemma, cue), pick(c.tag, cue)
    takes = c.children[cue] & bits("ccomp", "xcomp", "dobj", "prep", "agent", "nsubj", "nsubjpass", "dative", "acl")
    sentences = np.clip(pick(c.sentence, at) - c.sentence[cue], -3, 3)
    quoted, cue_quoted = pick(c.quote, at) >= 0, c.quote[cue] >= 0
    same_quote = (pick(c.quote, at) == c.quote[cue]).astype(np.int64)
    quote = quoted + 2 * cue_quoted + 4 * same_quote
    before, after = pick(c.lower, at - 1), pick(c.lower, at + 1)
    around = (pick(c.quote, at - 1) >= 0) + 2 * (pick(c.quote, at + 1) >= 0)
    paragraphs = np.clip(pick(c.paragraph, at) - c.paragraph[cue], -2, 2)
    is_subject = (c.subject[cue] == at) + 2 * dominated(c, c.subject[cue], at)
    in_clause = dominated(c, c.clause[cue], at) + 2 * dominated(c, c.object[cue], at)
    state = quote_state(c, cue)
    likely = chances >= LIKELY
    counted = np.concatenate([[0], np.cumsum(likely)])
    between = np.minimum(np.abs(counted[np.maximum(at, cue)] - counted[np.minimum(at, cue) + 1]), 2)
    owner = owners(c, cue, at, likely)
    chance = np.digitize(chances, (0.1, 0.3, 0.5, 0.7, 0.9)).astype(np.int64)
    own_chance, next_chance = pick(chance, at), pick(chance, at + 1)
    return [
        [own_chance, owner, near], [own_chance, side, quote], [owner, between, side, quote], [owner, path],
        [owner, between, near, tag], [owner, between, cue_lemma], [between, lower, side], [owner, next_chance, lower],
        [path], [near], [path, lower], [near, lower], [path, cue_lemma], [near, cue_lemma], [path, tag], [near, tag, side],
        [near, takes, side], [near, near_next], [near, near_before], [path, path_next], [path_before, path],
        [near, near_before, near_next, side], [far], [far, tag], [far, lower], [far, cue_lemma], [far, near],
        [lower, side, climbed], [before, lower], [lower, after], [quote, sentences, paragraphs], [quote, near, side],
        [quote, around, lower], [quote, far], [sentences, paragraphs, near, tag], [is_subject, in_clause, side],
        [is_subject, dep, near], [in_clause, quote, tag], [in_clause, cue_lemma, side], [cue_lemma, lower, far],
        [cue_lemma, side, quote], [state, near, quote], [state, side, climbed, quote], [cue_tag, near, side],
        [pick(c.tag, at - 1), tag, pick(c.tag, at + 1)], [climbed, near, tag], [takes, in_clause, is_subject],
        [around, quote, near_next, tag],
    ]  # fmt: skip


def owners(c: Columns, cue: Ints, at: Ints, likely: NDArray[np.bool_]) -> Ints:
    """What the nearest likely cue at or above a token is: 0 none, 1 this cue, 2 another one."""
    found, up = np.zeros_like(at), at
    for _ in range(PATH):
        here = np.where(up == cue, 1, np.where(likely[up], 2, 0))
        found = np.where(found == 0, here, found)
        up = c.head[up]
    return found


def dominated(c: Columns, top: Ints, at: Ints) -> Ints:
    """1 where `top` is a token and `at` stands in its subtree."""
    there = np.clip(top, 0, None)
    inside = (top >= 0) & (c.enter[there] <= c.enter[at]) & (c.enter[at] < c.leave[there])
    return inside.astype(np.int64)


def paths(c: Columns, cue: Ints, at: Ints) -> tuple[Ints, Ints, Ints]:
    """The dependency path between cue and token.

    All of it, its steps next to the point where the two ways meet, and how far the cue is below that point.
    """
    same = c.sentence[cue] == pick(c.sentence, at)
    climbed, up, through = np.zeros_like(cue), cue.copy(), np.zeros_like(cue)
    for _ in range(PATH):
        outside = ~((c.enter[up] <= c.enter[at]) & (c.enter[at] < c.leave[up])) & same
        if not outside.any():
            break
        through = np.where(outside, through * 31 + c.dep[up], through)
        climbed += outside
        up = np.where(outside, c.head[up], up)
    meeting, down = up, at.copy()
    whole, nearest, second = through.copy(), np.zeros_like(cue), np.zeros_like(cue)
    for _ in range(PATH):
        moving = (down != meeting) & (c.head[down] != down) & same
        if not moving.any():
            break
        whole = np.where(moving, (whole ^ c.dep[down]) * 1_000_003 + 7, whole)
        second = np.where(moving, nearest, second)
        nearest = np.where(moving, c.dep[down], nearest)
        down = np.where(moving, c.head[down], down)
    outside_tree = np.where(same, 0, CODE["dep"] * 5)
    near = (nearest * 1_000_003 + second) * 31 + through + outside_tree
    return whole + outside_tree, near, climbed
