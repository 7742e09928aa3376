"""Matches that linkage missed: a table corrected for a known share of them, and how N moves with that share.

A missed match splits a record that is on several lists into two: one list's part, and the rest. It lowers the overlaps and
raises the number of singles, both of which raise N, and nothing in the table betrays it. Where the share is known (a
sample of pairs judged by hand), the counts can be corrected by inverting the split, as Ding & Fienberg (1994) do for two
lists and Di Consiglio & Tuoto (2018), doi:10.2478/jos-2018-0044, for several. Where it is not, `by_missed_share` says what N
would be.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from leadline.errors import InputError
from leadline.estimate import decomposable
from leadline.estimate.options import Options
from leadline.estimate.tables import ListTable

SHARES = (0.0, 0.02, 0.05, 0.1)


def undo_missed(table: ListTable, missed: float) -> ListTable:
    """The table as it would be had no match been missed, if a share `missed` of the records on several lists was split.

    Each record on m > 1 lists is split with that probability, one of its lists, each as likely, from the others. Patterns
    are worked off from the most lists to the fewest: what is seen of a pattern is 1 - missed of the truth (less for the
    rest of larger ones, which were taken off before). Counts that would be negative are 0; counts are rounded.

    >>> seen = ListTable.of(("A", "B"), {(1, 1): 90, (1, 0): 50, (0, 1): 70})
    >>> undo_missed(seen, 0.1).full().tolist()  # a tenth of 100 matches was missed
    [0.0, 40.0, 60.0, 100.0]
    """
    if not 0.0 <= missed < 1.0:
        raise InputError(f"the share of missed matches is {missed}", expected="a number from 0 to below 1")
    left = {tuple(p): float(c) for p, c in zip(table.patterns.tolist(), table.counts.tolist(), strict=True)}
    # parts of a pattern may be patterns that nobody is seen with
    for pattern in sorted(left, key=sum, reverse=True):
        _add_parts(pattern, left)
    for pattern in sorted(left, key=sum, reverse=True):
        size = sum(pattern)
        if size < 2:
            continue
        truth = max(left[pattern], 0.0) / (1.0 - missed)
        split = truth * missed
        left[pattern] = truth
        for j in np.flatnonzero(pattern):
            one = tuple(int(i == j) for i in range(len(pattern)))
            rest = tuple(x - y for x, y in zip(pattern, one, strict=True))
            left[one] -= split / size
            left[rest] -= split / size
    return ListTable.of(table.lists, {p: max(round(c), 0) for p, c in left.items()})


def _add_parts(pattern: tuple[int, ...], left: dict[tuple[int, ...], float]) -> None:
    for j in np.flatnonzero(pattern):
        one = tuple(int(i == j) for i in range(len(pattern)))
        rest = tuple(x - y for x, y in zip(pattern, one, strict=True))
        if sum(rest):
            left.setdefault(one, 0.0)
            if rest not in left:
                left[rest] = 0.0
                _add_parts(rest, left)


def by_missed_share(
    table: ListTable, options: Options, shares: Sequence[float] = SHARES
) -> list[dict[str, float | None]]:
    """The average over graphs if these shares of the matches were missed, with the records there would then be."""
    found: list[dict[str, float | None]] = []
    low, high = (1 - options.level) / 2, (1 + options.level) / 2
    for share in shares:
        true = undo_missed(table, share)
        p = decomposable.posterior(true, delta=options.delta)
        found.append(
            {
                "missed": share, "observed": float(true.n), "n_hat": p.quantile(0.5), "lower": p.quantile(low),
                "upper": p.quantile(high),
            }
        )  # fmt: skip
    return found
