"""Does the maximum likelihood estimate of a log-linear model exist, and is it the only one?

Zeros among the counts can push the estimate to infinity. It exists, after parameters with an empty margin are set to
minus infinity, if and only if some table with all cells positive has the same margins: a linear program. It is unique
if the remaining design has full column rank.

Fienberg & Rinaldo (2012), doi:10.1214/12-AOS986; Chan, Silverman & Vincent (2021), doi:10.1080/01621459.2019.1708748.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from leadline.estimate.hierarchy import Model
from leadline.estimate.tables import Floats

EXISTS, NO_ESTIMATE, NOT_UNIQUE = 0, 1, 2
LP_ZERO = 1e-7  # the program's own tolerance; the optimum is 0 or of the order of one over the number of cells


def check(cells: Floats, model: Model) -> int:
    """0: the estimate exists and is unique; 1: it does not exist; 2: it is not unique; 3: both.

    `cells` are the counts of all 2^J cells. Only which of them are 0 matters.

    >>> full = np.array([0, 5, 5, 2, 5, 2, 2, 1.0])
    >>> check(full, (0, 1, 2, 4))
    0
    """
    return _check(tuple(bool(c) for c in cells), model)


@lru_cache(maxsize=200_000)
def _check(support: tuple[bool, ...], model: Model) -> int:
    design, counts = reduced_design(support, model)
    rank_fails = int(np.linalg.matrix_rank(design)) < design.shape[1]
    return (NO_ESTIMATE if not _positive_table(design, counts) else 0) + (NOT_UNIQUE if rank_fails else 0)


def reduced_design(support: tuple[bool, ...], model: Model) -> tuple[Floats, Floats]:
    """Design matrix (cells x parameters) without empty margins and the cells they empty, and the support's counts."""
    cells = np.arange(len(support))
    seen = np.array(support, dtype=np.float64)
    kept, keep = [], cells > 0
    for a in model:
        above = cells & a == a
        if a and not seen[above].any():
            keep &= ~above
        else:
            kept.append(a)
    rows = cells[keep]
    design = np.array([[float(c & a == a) for a in kept] for c in rows], dtype=np.float64).reshape(len(rows), len(kept))
    return design, seen[keep]


def _positive_table(design: Floats, counts: Floats) -> bool:
    """Whether a table with all cells positive has the margins of `counts`."""
    if (counts > 0).all():
        return True
    from scipy.optimize import linprog

    n_cells, n_parameters = design.shape
    margins = np.hstack([design.T, np.zeros((n_parameters, 1))])
    above = np.hstack([-np.eye(n_cells), np.ones((n_cells, 1))])
    objective = np.zeros(n_cells + 1)
    objective[-1] = -1.0
    solved = linprog(
        objective,
        A_ub=above,
        b_ub=np.zeros(n_cells),
        A_eq=margins,
        b_eq=design.T @ counts,
        bounds=[(0, None)] * n_cells + [(0, 1)],
        method="highs",
    )
    return bool(solved.status == 0 and -solved.fun > LP_ZERO)
