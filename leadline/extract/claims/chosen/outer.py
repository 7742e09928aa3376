"""The outer hops of a chain: through whom a text has what its innermost source says.

The rules see what stands in the clause, its sentence and the recording it rests on. Where they name nobody, the choice looks at the whole
text (`passers.py`): outwards from the outermost source so far, a small network says through whom the text has it, or that it has it at
first hand. Trained on marked articles by `scripts/train_outer.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from spacy.tokens import Token

from leadline.extract.archives import Arrays, read_weights
from leadline.extract.claims.chosen.choice import Networks
from leadline.extract.claims.chosen.fuller import fully_named
from leadline.extract.claims.chosen.passers import Passers
from leadline.extract.claims.sources.who import Who, key_of
from leadline.extract.claims.statements.lineage import Lineage
from leadline.schema import Hop

FILE = Path(__file__).parents[2] / "data" / "outer.npz"
LONGEST = 4
"""Hops of a chain; more have not been seen."""


@dataclass(frozen=True)
class Outer:
    """The networks, and how probable somebody must be at `least` to be put in front."""

    networks: Networks
    least: float

    @classmethod
    def read(cls, arrays: Arrays) -> Outer:
        """The choice stored in an archive; raises `KeyError` where it lacks a part."""
        return cls(Networks.read(arrays), float(arrays["least"]))

    def hops(self, passers: Passers, head: Token, lineage: Lineage) -> tuple[Hop, ...]:
        """The chain of a clause, outermost hop first: the hops of the lineage, and those before them."""
        whos, hops = list(lineage.whos), list(lineage.hops)
        while whos and len(hops) < LONGEST:
            who = self._before(whos, passers, head, lineage)
            if who is None:
                break
            whos.insert(0, who)
            hops.insert(0, who.hop(""))
        return tuple(fully_named(hop, w, head.doc) for hop, w in zip(hops, whos, strict=True))

    def _before(self, whos: list[Who], passers: Passers, head: Token, lineage: Lineage) -> Who | None:
        """Through whom the text has what the first of these says, None where it is nobody, or one of them."""
        possible = passers.of(whos[0], head, lineage)
        chances = self.networks.probabilities([p.clues for p in possible])
        taken = {key_of(w) for w in whos}
        chances[[p.who is None or key_of(p.who) in taken for p in possible]] = 0
        best = int(chances.argmax())
        return possible[best].who if chances[best] >= self.least else None


@cache
def load_outer() -> Outer:
    """The shipped choice of outer hops; raises `CodebookError` where its file is broken."""
    return read_weights(FILE, Outer.read)
