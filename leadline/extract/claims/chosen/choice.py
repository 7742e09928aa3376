"""Who of several may have said a clause: a learned choice, where it is sure that the rules chose another one.

The rules answer from one attribution, one pronoun, one account. The choice sees everybody at once: nobody, those who speak or are
named around the clause, and the one of the rules, each with its clues (`clues.py`). A small network over the clues, trained on
marked articles by `scripts/train_choice.py`, gives each a probability.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from spacy.tokens import Token

from leadline.extract.algebra import OPS, one_thread
from leadline.extract.archives import Arrays, read_weights
from leadline.extract.claims.chosen.clues import Clues
from leadline.extract.claims.coded.encoder import Floats, softmax
from leadline.extract.claims.coded.sentences import WHOLE
from leadline.extract.claims.sources.who import Who, key_of
from leadline.extract.claims.statements.lineage import Lineage

FILE = Path(__file__).parents[2] / "data" / "choice.npz"


class Member(NamedTuple):
    """One network: a hidden layer over the clues, and a straight sum over them."""

    inner: Floats
    bias: Floats
    outer: Floats
    straight: Floats


@dataclass(frozen=True)
class Networks:
    """Trained networks that say how probable each of several is, from the clues for each."""

    columns: Mapping[str, int]
    members: tuple[Member, ...]

    @classmethod
    def read(cls, arrays: Arrays) -> Networks:
        """The networks stored in an archive; raises `KeyError` where it lacks a part."""

        def weights(name: str) -> Floats:
            found = arrays[name].astype(np.float32)  # those that are bytes have what a step counts beside them
            return found * np.float32(arrays[f"{name}.scale"]) if f"{name}.scale" in arrays else found

        members = tuple(
            Member(*(weights(f"{part}{k}") for part in Member._fields)) for k in range(int(arrays["members"]))
        )
        return cls({str(n): i for i, n in enumerate(arrays["clues"])}, members)

    def probabilities(self, clues: list[dict[str, float]]) -> Floats:
        """How probable each of several is, from the clues for each: `(several,)`, adding up to 1. Clues that no article taught count for nothing."""
        x = np.zeros((len(clues), len(self.columns)), dtype=np.float32)
        for row, found in enumerate(clues):
            for name, value in found.items():
                if (column := self.columns.get(name)) is not None:
                    x[row, column] = value
        with one_thread():
            return probable(x, self.members)


@dataclass(frozen=True)
class Projection:
    """The directions in which the meanings of sentences differ most, as clues for nobody; for one encoder."""

    encoder: str
    middle: Floats
    directions: Floats

    @classmethod
    def read(cls, arrays: Arrays) -> Projection:
        """The projection stored in an archive; raises `KeyError` where it lacks a part."""
        return cls(str(arrays["encoder"]), arrays["middle"].astype(np.float32), arrays["directions"].astype(np.float32))

    def clues(self, meaning: Floats) -> dict[str, float]:
        """Clues for nobody: whether the sentence is in the voice of the text or in somebody's."""
        return {f"meaning {n}": float(v) for n, v in enumerate((meaning - self.middle) @ self.directions)}


@dataclass(frozen=True)
class Choice:
    """The networks, and the `margin` by which somebody must be likelier than the one of the rules."""

    networks: Networks
    margin: float
    projection: Projection

    @classmethod
    def read(cls, arrays: Arrays) -> Choice:
        """The choice stored in an archive; raises `KeyError` where it lacks a part."""
        return cls(Networks.read(arrays), float(arrays["margin"]), Projection.read(arrays))

    def lineage(self, among: Clues, head: Token, clause: tuple[Token, ...], ruled: Lineage) -> Lineage:
        """The lineage of a clause: that of the rules, unless somebody else, or nobody, is likelier by the margin."""
        if ruled.stated:
            return ruled
        possible = among.possible(head, clause, ruled)
        meaning = self._meaning(among, head)
        chances = self.networks.probabilities([p.clues if p.who is not None else p.clues | meaning for p in possible])
        rule = key_of(ruled.whos[-1]) if ruled.whos else ""
        mine = next(i for i, p in enumerate(possible) if (key_of(p.who) if p.who else "") == rule)
        for i, p in enumerate(possible):
            if i != mine and p.who is not None and not _may_speak(p.who, ruled):
                chances[i] = 0
            elif i != mine and p.who is not None and ruled.whos and _is_named_alike(p.who, ruled.whos[-1]):
                chances[mine], chances[i] = chances[mine] + chances[i], 0
        best = int(chances.argmax())
        if best == mine or chances[best] < chances[mine] + self.margin:
            return ruled
        return possible[best].lineage

    def _meaning(self, among: Clues, head: Token) -> dict[str, float]:
        """What the meanings of sentences say for nobody; nothing in a short text, and where another encoder reads them, or none."""
        if among.meanings is None or among.meanings.name != self.projection.encoder or len(among.sentences) < WHOLE:
            return {}
        told = among.told(head)
        return self.projection.clues(told) if told is not None else {}


def _may_speak(who: Who, ruled: Lineage) -> bool:
    """Whether somebody can be chosen: of a kind that speaks, no recording that only shows, and not the very words that the rules resolved."""
    if who.at < 0 and not ruled.whos:
        return False
    return bool(who.kind) and not any(w.at == who.at >= 0 for w in ruled.whos)


def _is_named_alike(who: Who, other: Who) -> bool:
    """Whether two named sources are one, once with and once without a rank or first name: `Private Tomas Grell`, `Tomas Grell`."""
    short, long = sorted((who.name, other.name), key=len)
    return short[:1].isupper() and f" {long}".endswith(f" {short}")


def probable(x: Floats, members: tuple[Member, ...]) -> Floats:
    """The mean over the members of the softmax over the rows of `x`, `(several, clues)`: one number a row, together 1."""
    total = np.zeros(len(x), dtype=np.float32)
    some = np.flatnonzero(x.any(axis=0))  # of many clues few are given of anybody
    x = np.ascontiguousarray(x[:, some])
    for inner, bias, outer, straight in members:
        hidden = np.asarray(OPS.gemm(x, np.ascontiguousarray(inner[some])), dtype=np.float32)
        total += softmax(np.maximum(hidden + bias, 0) @ outer + x @ straight[some])
    return np.asarray(total / len(members), dtype=np.float32)


@cache
def load_choice() -> Choice:
    """The shipped choice; raises `CodebookError` where its file is broken."""
    return read_weights(FILE, Choice.read)
