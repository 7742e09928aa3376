"""The parse of one document as arrays, so that features are computed for all tokens at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import DEP, HEAD, IS_TITLE, LEMMA, LOWER, POS, TAG
from spacy.strings import get_string_id
from spacy.tokens import Doc

from leadline.schema import Span

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

RELATIONS = (
    "nsubj", "nsubjpass", "csubj", "ccomp", "xcomp", "dobj", "dative", "pobj", "pcomp", "prep", "agent", "acl", "relcl",
    "advcl", "attr", "acomp", "oprd", "prt", "mark", "aux", "auxpass", "neg", "advmod", "npadvmod", "conj", "cc",
    "parataxis", "poss", "case", "det", "amod", "compound", "appos", "intj", "expl", "dep", "punct", "ROOT",
)  # fmt: skip
CODE = {name: get_string_id(name) for name in RELATIONS}
INHERITS = ("conj", "xcomp", "advcl", "acl")
"""Verbs in these relations have the subject of their head where they have none of their own."""


def bits(*names: str) -> int:
    """The relations as one mask for `Columns.children`."""
    return sum(1 << RELATIONS.index(n) for n in names)


@dataclass(frozen=True)
class Columns:
    """One array entry a token. `-1` stands for "there is none" wherever an entry is a token's index.

    `first`/`last` give the child with a relation, `enter`/`leave` number the tree so that `a` dominates `b` where
    `enter[a] <= enter[b] < leave[a]`.
    """

    lemma: Ints
    lower: Ints
    tag: Ints
    pos: Ints
    dep: Ints
    title: Ints
    head: Ints
    depth: Ints
    enter: Ints
    leave: Ints
    sentence: Ints
    paragraph: Ints
    quote: Ints
    children: Ints
    subject: Ints
    object: Ints
    clause: Ints
    preposition: Ints
    marker: Ints
    helper: Ints
    space: Bools
    vectors: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.lemma)


def columns_of(doc: Doc, paragraphs: Iterable[Span], quote_of: list[int]) -> Columns:
    """The arrays of one parsed document."""
    n = len(doc)
    values = doc.to_array([LEMMA, LOWER, TAG, POS, DEP, IS_TITLE]).astype(np.uint64).view(np.int64).reshape(n, 6)
    lemma, lower, tag, pos, dep, title = (np.ascontiguousarray(values[:, k]) for k in range(6))
    here = np.arange(n)
    head = here + doc.to_array([HEAD]).view(np.int64).reshape(n)
    offset = np.fromiter((t.idx for t in doc), dtype=np.int64, count=n)
    starts = np.fromiter((s for s, _ in paragraphs), dtype=np.int64)
    root = head == here
    children = np.zeros(n, dtype=np.int64)
    for k, name in enumerate(RELATIONS):
        chosen = (dep == CODE[name]) & ~root
        np.bitwise_or.at(children, head[chosen], 1 << k)

    def child(*names: str) -> Ints:
        found = np.full(n, -1)
        for name in names:
            chosen = np.flatnonzero((dep == CODE[name]) & ~root)[::-1]
            found[head[chosen]] = chosen
        return found

    subject = child("csubj", "nsubjpass", "nsubj")
    takes = np.isin(dep, [CODE[d] for d in INHERITS]) & ~root
    for _ in range(3):
        empty = (subject < 0) & takes
        subject = np.where(empty, subject[head], subject)
    depth, enter, leave = tree(head)
    sentence = np.cumsum(np.fromiter((t.is_sent_start for t in doc), dtype=np.int64, count=n))
    return Columns(
        lemma=lemma,
        lower=lower,
        tag=tag,
        pos=pos,
        dep=np.where(root, CODE["ROOT"], dep),
        title=title,
        head=head,
        depth=depth,
        enter=enter,
        leave=leave,
        sentence=sentence,
        paragraph=np.searchsorted(starts, offset, side="right"),
        quote=np.asarray(quote_of, dtype=np.int64),
        children=children,
        subject=subject,
        object=child("pobj", "attr", "dobj"),
        clause=child("pcomp", "acl", "xcomp", "ccomp"),
        preposition=child("prep"),
        marker=child("advmod", "mark"),
        helper=child("neg", "auxpass", "aux"),
        space=np.fromiter((t.is_space for t in doc), dtype=np.bool_, count=n),
        vectors=np.asarray(doc.tensor, dtype=np.float32),
    )


def tree(head: Ints) -> tuple[Ints, Ints, Ints]:
    """Depth, and numbers of entering and leaving each token in a walk over the trees; linear in the tokens."""
    heads = head.tolist()
    n = len(heads)
    depth = [-1] * n
    for i in range(n):
        path = [i]
        while depth[path[-1]] < 0 and heads[path[-1]] != path[-1]:
            path.append(heads[path[-1]])
        known = max(depth[path[-1]], 0)
        for k, j in enumerate(reversed(path)):
            depth[j] = known + k
    order = np.argsort(np.asarray(depth), kind="stable").tolist()
    size = [1] * n
    for i in reversed(order):
        if heads[i] != i:
            size[heads[i]] += size[i]
    enter, free, at = [0] * n, [0] * n, 0
    for i in order:
        h = heads[i]
        if h == i:
            enter[i], at = at, at + size[i]
        else:
            enter[i] = free[h]
            free[h] += size[i]
        free[i] = enter[i] + 1
    first = np.asarray(enter, dtype=np.int64)
    return np.asarray(depth, dtype=np.int64), first, first + np.asarray(size, dtype=np.int64)
