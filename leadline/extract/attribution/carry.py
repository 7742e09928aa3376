"""Long quotations: what the window of a cue cuts off belongs to the content as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from leadline.extract.attribution.columns import Columns
from leadline.extract.attribution.draft import Draft
from leadline.extract.attribution.quotes import Quotation
from leadline.extract.attribution.windows import SENTENCES_AFTER, SENTENCES_BEFORE

MOST_PARAGRAPHS = 40
"""A quotation is carried on over at most so many paragraphs."""


class Quoted:
    """The tokens of each quotation of one document."""

    def __init__(self, c: Columns, quotations: Sequence[Quotation]) -> None:
        self.c, self.quotations = c, quotations
        self.tokens: list[list[int]] = [[] for _ in quotations]
        for i, q in enumerate(c.quote.tolist()):
            if q >= 0 and not c.space[i]:
                self.tokens[q].append(i)

    def carried(self, d: Draft) -> Draft:
        """The draft with the rest of quotations that its window cut, and the paragraphs that go on with its quotation."""
        if not d.content:
            return d
        content = set(d.content)
        here = int(self.c.sentence[d.head])
        for edge, before in ((d.content[0], True), (d.content[-1], False)):
            q = int(self.c.quote[edge])
            if q < 0:
                continue
            away = int(self.c.sentence[edge]) - here
            if (before and away <= -SENTENCES_BEFORE) or (not before and away >= SENTENCES_AFTER):
                content.update(i for i in self.tokens[q] if (i < edge) == before)
        last = max(content)
        q = int(self.c.quote[last])
        for _ in range(MOST_PARAGRAPHS):
            if q < 0 or not self.quotations[q].continues or last != self.tokens[q][-1] or q + 1 >= len(self.tokens):
                break
            q += 1
            if not self.tokens[q]:
                break
            content.update(self.tokens[q])
            last = self.tokens[q][-1]
        if len(content) == len(d.content):
            return d
        return replace(d, content=tuple(sorted(content - set(d.source) - set(d.cue))))
