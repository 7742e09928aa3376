"""Which tokens beside a cue are looked at: its sentence, and the quoted sentences around it."""

from __future__ import annotations

import numpy as np

from leadline.extract.attribution.columns import Columns, Ints

SENTENCES_AFTER, SENTENCES_BEFORE = 3, 2
TOKENS_AFTER, TOKENS_BEFORE = 300, 150
"""Hardly any attribution of the training part reaches further, save for long quotations, which `quotes` carries on."""


class Windows:
    """Windows of cues in one document.

    A sentence beside the cue's is looked at where it holds quoted words, or where the cue's own ends with a colon; at
    most one paragraph away.
    """

    def __init__(self, c: Columns, colon: int) -> None:
        self.c = c
        n = len(c)
        self.first = np.searchsorted(c.sentence, c.sentence, side="left")
        self.last = np.searchsorted(c.sentence, c.sentence, side="right")
        words = (~c.space).astype(np.int64)
        self.words = np.concatenate([[0], np.cumsum(words)])
        self.quoted = np.concatenate([[0], np.cumsum((c.quote >= 0) & ~c.space)])
        self.colons = np.concatenate([[0], np.cumsum(c.lower == colon)])
        self.n = n

    def of(self, cue: int) -> Ints:
        """Indices of the tokens to look at, white space left out."""
        c = self.c
        left, right = int(self.first[cue]), int(self.last[cue])
        ends_with_colon = self.colons[right] > self.colons[max(left, right - 3)]
        taken = 0
        while right < self.n and taken < SENTENCES_AFTER:
            end = int(self.last[right])
            if self.words[end] > self.words[right]:
                quoted = self.quoted[end] > self.quoted[right]
                if not (quoted or (taken == 0 and ends_with_colon)) or c.paragraph[right] - c.paragraph[cue] > 1:
                    break
                taken += 1
            right = end
            if right - cue > TOKENS_AFTER:
                break
        taken = 0
        while left > 0 and taken < SENTENCES_BEFORE and cue - left <= TOKENS_BEFORE:
            start = int(self.first[left - 1])
            if self.words[left] > self.words[start]:
                if self.quoted[left] == self.quoted[start] or c.paragraph[cue] - c.paragraph[start] > 1:
                    break
                taken += 1
            left = start
        span = np.arange(max(left, cue - TOKENS_BEFORE), min(right, cue + TOKENS_AFTER))
        return span[~c.space[span]]
