"""One text as what is decided about its claims from marked articles sees it: its sentences, where they stand, and what they mean.

`Told` is a claim beside what it was read from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.coded.encoder import Floats
from leadline.extract.claims.coded.sentences import Meanings
from leadline.extract.claims.judged.verification import Disclaimers
from leadline.extract.claims.ordered import Ordered
from leadline.extract.claims.sources.who import Who
from leadline.extract.claims.statements.chains import Chains
from leadline.extract.claims.statements.lineage import Lineage
from leadline.extract.claims.words import Line
from leadline.register import Source
from leadline.schema import Claim, Medium


@dataclass(frozen=True)
class Told:
    """A claim, its source, the word that tells its event, its clause, and the number of its sentence."""

    claim: Claim
    lineage: Lineage
    head: Token
    clause: Line
    k: int

    @property
    def who(self) -> Who | None:
        """Whose words they are: the last of the chain."""
        return self.lineage.whos[-1] if self.lineage.whos else None


@dataclass
class Page:
    """A text: its sentences with the number of each one's paragraph, its chains, what its publisher is,
    the media whose words stand in a sentence; by whose words they are the cues that attribute in it.
    """

    sentences: Sequence[TokenSpan]
    chains: Chains
    meanings: Meanings
    disclaimers: Disclaimers
    publisher: Source | None = None
    own: Medium = "not-stated"
    named_in: Callable[[int], frozenset[Medium]] = lambda _: frozenset()
    paragraphs: list[int] = field(default_factory=list)
    recordings: Ordered[tuple[int, Medium]] = field(default_factory=lambda: Ordered((), key=lambda m: m[0]))
    media: Counter[Medium] = field(default_factory=Counter)
    number: dict[int, int] = field(default_factory=dict)
    heard: dict[str, list[Token]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Number the sentences and their paragraphs."""
        self.paragraphs = [self.chains.voices.paragraph_of(s.start_char) for s in self.sentences]
        self.number = {s.start: k for k, s in enumerate(self.sentences)}
        mentioned = ((i, r.medium) for i, r in self.chains.recordings.by_token.items())
        self.recordings = Ordered(mentioned, key=lambda m: m[0])
        self.media = Counter(m for _, m in self.recordings)
        for voice in self.chains.voices.all:
            if voice.who is not None:
                self.heard.setdefault(voice.who.canonical, []).append(voice.cue_token)

    def sentence_of(self, token: Token | None, otherwise: int) -> int:
        """The number of a token's sentence."""
        return self.number.get(token.sent.start, otherwise) if token is not None else otherwise

    def meaning(self, k: int) -> Floats:
        """The meaning of sentence number `k`."""
        return self.meanings.of(k)
