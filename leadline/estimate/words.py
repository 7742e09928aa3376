"""The identifying assumption of each model, in words: what must hold for its number to be about the unseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leadline.schema import ModelEstimate

TITLES = {
    "independence": "Independent lists",
    "chao": "Chao's lower bound",
    "coverage": "Sample coverage",
    "loglinear-bic": "Log-linear, best of all",
    "loglinear-stepwise": "Log-linear, stepwise",
    "decomposable": "Average over graphs",
    "latent-class": "Latent classes",
}
NO_ESTIMATE = "no figure here counts as an estimate"  # where the estimate as a whole is refused
ASSUMPTIONS = {
    "independence": (
        "Being on one list changes nothing about being on another, and everybody is equally likely to be on a given "
        "list, the unseen included."
    ),
    "chao": (
        "A lower bound, no estimate: some are easier to see than others, in whatever way; lists may favour each "
        "other's records but must not avoid them."
    ),
    "coverage": (
        "The dependence between pairs of lists that shows among the seen holds among the unseen too, and no dependence "
        "joins three lists or more."
    ),
    "loglinear-bic": (
        "The lists depend on each other only as in the log-linear model that trades fit against size best (lowest BIC); there "
        "is no interaction of all lists, and none that this model leaves out."
    ),
    "loglinear-stepwise": (
        "The lists depend on each other only through the pairs that were added one by one while significant; no "
        "interaction joins three lists or more."
    ),
    "decomposable": (
        "Which pairs of lists depend on each other follows some (decomposable) graph, and all such graphs are averaged; before "
        "the data each number N is 1/N as probable and each cell of the table weighs delta records."
    ),
    "latent-class": (
        "Everybody belongs to one of a few hidden classes, and within a class the lists are independent; every class "
        "that is unseen leaves some trace among the seen."
    ),
}


def peaks(diagnostics: Mapping[str, Any]) -> str:
    """The separate peaks of a posterior in words; empty where there is one.

    >>> peaks({"bimodal": True, "converged": False, "modes": [{"n_hat": 49e3, "share": 0.4}, {"n_hat": 148e3, "share": 0.6}]})
    'separate peaks: near 49,000 (40 % of the draws), near 148,000 (60 %); these shares are not settled'
    """
    if not diagnostics.get("bimodal"):
        return ""
    parts = [f"near {m['n_hat']:,.0f} ({100 * m['share']:.0f} %)" for m in diagnostics["modes"]]
    parts[0] = parts[0].replace(" %)", " % of the draws)")
    unsettled = "" if diagnostics.get("converged") else "; these shares are not settled"
    return f"separate peaks: {', '.join(parts)}{unsettled}"


def span(m: ModelEstimate) -> str:
    """A model's interval; empty where it has no number."""
    if m.n_hat is None:
        return ""
    if m.lower is None and m.upper is None:
        return "(no interval)"
    return (
        f"({'-' if m.lower is None else f'{m.lower:,.0f}'} to {'no limit' if m.upper is None else f'{m.upper:,.0f}'})"
    )
