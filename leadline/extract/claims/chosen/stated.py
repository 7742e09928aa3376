"""Who speaks in which sentence of a text: the lineage of each, and where everybody is heard, worked out for the text once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from spacy.tokens import Span as TokenSpan

from leadline.extract.claims.sources.who import key_of
from leadline.extract.claims.statements.chains import Chains
from leadline.extract.claims.statements.lineage import Lineage


@dataclass(frozen=True)
class Statement:
    """What is said in one sentence, with its lineage."""

    paragraph: int
    lineage: Lineage
    marked: bool
    """whether a cue of it reports what is said"""

    @cached_property
    def key(self) -> str:
        """Who speaks; empty for nobody."""
        return key_of(self.lineage.whos[-1]) if self.lineage.whos else ""

    @cached_property
    def keys(self) -> frozenset[str]:
        """Everybody in the chain."""
        return frozenset(map(key_of, self.lineage.whos))


class Stated:
    """What is said in each sentence of one text, and by whom; speakers are known by their keys (`who.key_of`), nobody by an empty one."""

    def __init__(self, chains: Chains, sentences: tuple[TokenSpan, ...]) -> None:
        self.chains, self.sentences = chains, sentences
        self.starts = [s.start for s in sentences]

    def at(self, i: int) -> int:
        """Index of the sentence that holds a token."""
        return max(0, bisect_right(self.starts, i) - 1)

    @cached_property
    def all(self) -> list[Statement]:
        """The lineage of every sentence: of the content that its outermost voice reports, else of its own verb."""
        cued: dict[int, list[frozenset[int]]] = {}
        for v in self.chains.voices.all:
            if v.who is not None and v.content:
                cued.setdefault(self.at(v.cue_token.i), []).append(v.content)
        found = []
        for k, s in enumerate(self.sentences):
            content = max(cued.get(k, ()), key=len, default=frozenset())
            inside = [self.chains.doc[i] for i in sorted(content) if s.start <= i < s.end]
            head = next((t for t in inside if t.head.i not in content or t.head.i == t.i), None) if inside else s.root
            lineage = self.chains.lineage(head or s.root, tuple(s))
            found.append(Statement(self.chains.voices.paragraph_of(s.start_char), lineage, bool(content)))
        return found

    @cached_property
    def by_speaker(self) -> dict[str, list[int]]:
        """The sentences in which each source speaks, those of nobody under an empty key."""
        return self._sentences(lambda s: (s.key,))

    @cached_property
    def by_member(self) -> dict[str, list[int]]:
        """The sentences in whose chain each source stands."""
        return self._sentences(lambda s: s.keys)

    @cached_property
    def by_cued(self) -> dict[str, list[int]]:
        """The sentences in which a cue says that a source speaks."""
        return self._sentences(lambda s: (s.key,) if s.marked else ())

    def _sentences(self, keys: Callable[[Statement], Iterable[str]]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for k, s in enumerate(self.all):
            for key in keys(s):
                found.setdefault(key, []).append(k)
        return found

    @cached_property
    def before(self) -> list[tuple[int, int]]:
        """Before each sentence: how many have spoken, and the sentence in which somebody spoke last, -1 for none."""
        found: list[tuple[int, int]] = []
        heard: set[str] = set()
        last = -1
        for k, s in enumerate(self.all):
            found.append((len(heard), last))
            if s.key:
                heard.add(s.key)
                last = k
        return found

    @cached_property
    def opening(self) -> dict[int, int]:
        """The first sentence of each paragraph."""
        found: dict[int, int] = {}
        for k, s in enumerate(self.all):
            found.setdefault(s.paragraph, k)
        return found

    @cached_property
    def first_heard(self) -> dict[int, int]:
        """The first sentence of each paragraph in which somebody speaks."""
        found: dict[int, int] = {}
        for k, s in enumerate(self.all):
            if s.key:
                found.setdefault(s.paragraph, k)
        return found

    def others(self, key: str, k: int, *, since: int) -> int:
        """How many others spoke before sentence `k`, after sentence `since`."""
        if since >= 0:
            return len({s.key for s in self.all[since + 1 : k]} - {"", key})
        heard = bool(key) and bool(within(self.by_speaker, key, 0, k))
        return self.before[k][0] - heard


def within(found: dict[str, list[int]], key: str, start: int, end: int) -> list[int]:
    """The sentences found for a key from `start` up to but without `end`."""
    ks = found.get(key, [])
    return ks[bisect_left(ks, start) : bisect_left(ks, end)]
