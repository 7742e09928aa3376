"""Pages that name their source in a line of its own: `Source: the command`, then `Details: …`, `Quote: …`.

What stands under such labels, up to `Background:`, and in the lead above the line, is said by the one that the line names; what stands behind
`Quote from the wives:` by the wives.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from spacy.tokens import Token

from leadline.extract.claims.sources.kinds import WITNESSES
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import Who, equal
from leadline.extract.claims.statements.lineage import Lineage
from leadline.extract.claims.statements.voices import Voices
from leadline.extract.claims.words import tokens_between
from leadline.extract.labels import label_of, load_labels, whose

BELOW = 8
"""Paragraphs after the line that names the source which may still be that source's."""
LEAD = 4
"""Paragraphs at the head of a page among which that line stands."""
PASSING = (("as", "reported", "by"), ("as", "quoted", "by"), ("as", "cited", "by"))
CITING = (("with", "reference", "to"), ("referring", "to"), ("citing",), ("quoting",))
"""What stands before who passes a source on, and before whom a source cites."""


class Labelled:
    """Whose the paragraphs of a page are that names its source in a line of its own."""

    def __init__(self, voices: Voices, naming: Naming) -> None:
        self.voices, self.naming, self.doc = voices, naming, voices.doc

    @cached_property
    def labels(self) -> list[tuple[str, int]]:
        """The label of each paragraph, and where it ends."""
        return [label_of(self.voices.text, start, end) for start, end in self.voices.paragraphs]

    @cached_property
    def lines(self) -> dict[int, Lineage]:
        """The sources that the lines name, by the number of the paragraph."""
        origins, found = load_labels().origins, {}
        for k, (label, after) in enumerate(self.labels):
            if label in origins and (
                whos := self._named(tokens_between(self.doc, after, self.voices.paragraphs[k][1]))
            ):
                found[k] = Lineage(tuple(w.hop(label) for w in whos), whos, stated=True)
        return found

    @cached_property
    def named_there(self) -> dict[int, Lineage]:
        """The sources of paragraphs whose own label names them: `Quote from the wives: …`."""
        found = {}
        for k, (start, end) in enumerate(self.voices.paragraphs):
            if (at := whose(self.voices.text, start, end)) is not None:
                who = self._one(tokens_between(self.doc, *at))
                if who is not None:
                    found[k] = Lineage((who.hop(""),), (who,), stated=True)
        return found

    def is_content(self, k: int) -> bool:
        """Whether a paragraph says by its label that it holds what the source of a line above it, or one named there, says."""
        return k in self.named_there or (bool(self.lines) and self.labels[k][0] in load_labels().contents)

    def of(self, head: Token) -> Lineage | None:
        """The source that a line, or its own label, names for the paragraph of a clause."""
        k = self.voices.paragraph_of(head.idx)
        line, there = self._by_line(k), self.named_there.get(k)
        if line is None or there is None or there.whos[0].kind not in WITNESSES:
            return there or line
        return replace(there, hops=line.hops + there.hops, whos=line.whos + there.whos)

    def _by_line(self, k: int) -> Lineage | None:
        labels = load_labels()
        if k < 0 or not self.lines or self.labels[k][0] not in labels.contents | {""}:
            return None
        for j in range(k - 1, max(-1, k - 1 - BELOW), -1):
            if j in self.lines:
                return self.lines[j]
            if self.labels[j][0] and self.labels[j][0] not in labels.contents:
                return None
        ahead = next((j for j in self.lines if k < j < LEAD), None)
        return self.lines[ahead] if ahead is not None and not any(x for x, _ in self.labels[:ahead]) else None

    def _named(self, words: tuple[Token, ...]) -> tuple[Who, ...]:
        """The sources of a line, outermost first: `the staff, as reported by the paper`, `the paper with reference to the staff`."""
        forms = [t.lower_ for t in words]
        for joins, turned in ((PASSING, True), (CITING, False)):
            for join in joins:
                at = next((i for i in range(1, len(forms)) if tuple(forms[i : i + len(join)]) == join), None)
                if at is not None:
                    both = [self._one(words[:at]), self._one(words[at + len(join) :])]
                    whos = [w for w in (both[::-1] if turned else both) if w is not None]
                    return tuple(w for n, w in enumerate(whos) if not any(equal(w, o) for o in whos[:n]))
        one = self._one(words)
        return (one,) if one is not None else ()

    def _one(self, words: tuple[Token, ...]) -> Who | None:
        stop = next((i for i, t in enumerate(words) if t.lower_ in {",", ";", "(", "on"} and i), len(words))
        who = self.naming.who(words[:stop], remember=False)
        by = next((i for i, t in enumerate(words[:stop]) if t.lower_ == "by"), None)
        if by is not None and (who is None or not who.kind):  # `a call published by the service`
            who = self.naming.who(words[by + 1 : stop], remember=False)
        return who if who is not None and who.kind and not self.naming.is_own(who) else None
