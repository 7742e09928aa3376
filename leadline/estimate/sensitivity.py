"""What the total does when a list is left out, when a prior moves, and when the untestable assumption is tilted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from leadline.estimate import decomposable, loglinear
from leadline.estimate.independence import independent_total
from leadline.estimate.linkage_error import by_missed_share
from leadline.estimate.options import Options
from leadline.estimate.outcome import Outcome, plain
from leadline.estimate.tables import ListTable
from leadline.estimate.tilt import tilt_curve
from leadline.schema import ModelEstimate


def with_sensitivity(table: ListTable, outcomes: Sequence[Outcome], options: Options) -> list[ModelEstimate]:
    """The models with sensitivity added to the diagnostics of those that it is about."""
    found = []
    for o in outcomes:
        added: dict[str, Any] = {}
        name = o.estimate.name
        if name in ("independence", "loglinear-bic", "decomposable") and o.estimate.n_hat is not None:
            without = leave_one_out(table, name, options)
            if without:
                added["leave_one_list_out"] = without
        if name == "decomposable" and o.estimate.n_hat is not None:
            added["prior_sensitivity"] = prior_sensitivity(table, options)
            added["missed_matches"] = by_missed_share(table, options)
        if o.estimate.n_hat is not None and o.estimate.n_hat > table.n and not o.bound:
            added["tilt"] = tilt_curve(table.n, o.estimate)
        found.append(
            msgspec.structs.replace(o.estimate, diagnostics=o.estimate.diagnostics | plain(added))
            if added
            else o.estimate
        )
    return found


def leave_one_out(table: ListTable, name: str, options: Options) -> list[dict[str, Any]]:
    """The total from all lists but one, for each list.

    The total is of the same population: records that only the missing list held are now among the unseen.
    """
    found = []
    for left_out in table.lists:
        rest = table.select([x for x in table.lists if x != left_out])
        value: float | None = None
        if rest.n_lists >= 2 and int(rest.captures[0]) < rest.n:
            if name == "independence":
                value = independent_total(rest.n, rest.sizes.astype(np.float64))
            elif rest.n_lists < 3:
                continue
            elif name == "decomposable":
                value = decomposable.posterior(rest, delta=options.delta).quantile(0.5)
            else:
                ranking = loglinear.rank_by_bic(rest, max_order=options.max_order, top=1)
                value = ranking.choice().n_hat if ranking.models else None
        found.append({"without": left_out, "n_hat": value, "observed": rest.n})
    return found


def prior_sensitivity(table: ListTable, options: Options) -> list[dict[str, float]]:
    """The average over graphs under other weights of a cell: a quarter to the whole of a record."""
    J = table.n_lists
    found = []
    for delta in sorted(
        {2.0 ** -(J + 2), 2.0**-J, 2.0 ** -(J - 2), 0.5, 1.0} | ({options.delta} if options.delta else set())
    ):
        p = decomposable.posterior(table, delta=delta)
        low, high = (1 - options.level) / 2, (1 + options.level) / 2
        found.append({"delta": delta, "n_hat": p.quantile(0.5), "lower": p.quantile(low), "upper": p.quantile(high)})
    return found
