"""How much have we not heard: multiple systems estimation with every assumption beside its number.

Usable on its own (`estimate_table`) and by the flow (`estimate_totals`). A table is checked, seven kinds of model run on
it, and a gate decides whether a range may be printed; a refusal keeps the models and gives its reasons.

>>> from leadline.estimate import estimate_table
>>> e = estimate_table({"A": [1, 0], "B": [0, 1], "count": [4, 5]})
>>> e.estimable
False
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadline.estimate.analysis import Analysis, analyse, estimate_table
    from leadline.estimate.command import run_command
    from leadline.estimate.flow import estimate_totals
    from leadline.estimate.linkage import LinkageTotal, total_over_linkage
    from leadline.estimate.options import Options
    from leadline.estimate.reading import read_histories
    from leadline.estimate.tables import FrequencyTable, ListTable

_HOME = {
    "Analysis": "analysis",
    "FrequencyTable": "tables",
    "LinkageTotal": "linkage",
    "ListTable": "tables",
    "Options": "options",
    "analyse": "analysis",
    "estimate_table": "analysis",
    "estimate_totals": "flow",
    "read_histories": "reading",
    "run_command": "command",
    "total_over_linkage": "linkage",
}
__all__ = [
    "Analysis", "FrequencyTable", "LinkageTotal", "ListTable", "Options", "analyse", "estimate_table",
    "estimate_totals", "read_histories", "run_command", "total_over_linkage",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a public name on first use, so that importing the package costs nothing."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"leadline.estimate.{_HOME[name]}"), name)
