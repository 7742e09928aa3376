"""May a number be printed at all? The reasons either way, in plain words, and what data would change a refusal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from leadline.estimate.checks import ListChecks
from leadline.estimate.decomposable import MAX_LISTS
from leadline.estimate.options import Options
from leadline.estimate.outcome import Outcome
from leadline.schema import Range

MOST_LONGER = 40.0  # times the time that it had: beyond, a longer run is no advice


@dataclass(frozen=True)
class Verdict:
    """Whether an estimate passes, why, and the range it gives."""

    estimable: bool
    reasons: tuple[str, ...]
    range: Range | None


def judge(checks: ListChecks, outcomes: Sequence[Outcome], options: Options) -> Verdict:
    """Decide from the lists' checks and every model's own.

    An estimate passes only if nothing speaks against the lists, the sampler has converged, at least two kinds of
    model pass their own checks, and those agree within a factor. The range is the hull of their intervals, not below
    the lower end of Chao's bound.
    """
    observed = int(checks.figures["observed"])
    against, todo = list(checks.reasons), list(checks.todo)
    by_name = {o.estimate.name: o for o in outcomes}
    latent = by_name.get("latent-class")
    if latent is not None and latent.failures and not latent.estimate.diagnostics.get("not_run"):
        against.append(f"The latent-class model: {'; '.join(latent.failures)}.")
        todo.append(_longer(latent, options))
    for o in outcomes:
        if o.estimate.name == "decomposable" and o.failures and "tail_mass" in o.estimate.diagnostics:
            against.append(f"The average over graphs: {'; '.join(o.failures)}.")
            todo.append("More records on several lists, which bound the total from above.")
    passing = [o for o in outcomes if o.passes]
    kinds = {_kind(o.estimate.name) for o in passing}
    if not checks.reasons and len(kinds) < 2:
        named = ", ".join(o.estimate.name for o in passing) or "none"
        against.append(
            f"Fewer than two kinds of model pass their own checks ({named}); one assumption alone carries no range."
        )
        if int(checks.figures["lists"]) > MAX_LISTS:
            todo.append(
                f"Lists of one kind merged into at most {MAX_LISTS}, for which the log-linear models and the average over graphs "
                "run too."
            )
        else:
            todo.append("More lists or more overlap, so that the models can be told apart.")
    points = sorted((o.estimate.n_hat, o.estimate.name) for o in passing if o.estimate.n_hat is not None)
    if len(points) > 1 and points[-1][0] > options.agreement * points[0][0]:
        against.append(
            f"Models that pass their own checks differ by a factor of {points[-1][0] / points[0][0]:.1f} "
            f"({points[0][1]} {points[0][0]:,.0f}, {points[-1][1]} {points[-1][0]:,.0f}; limit {options.agreement:g})."
        )
        todo.append("A list collected in another way, which would decide between their assumptions.")
    open_ended = [o.estimate.name for o in passing if o.estimate.upper is None]
    if open_ended:
        against.append(f"No upper limit: {', '.join(open_ended)}.")
        todo.append("More records on several lists, which bound the total from above.")
    if against:
        advice = " ".join(dict.fromkeys(todo))
        reasons = (
            *against,
            *([f"What would change it: {advice}"] if advice else []),
            *checks.notes,
        )
        return Verdict(False, reasons, None)
    return _range(observed, passing, by_name.get("chao"), outcomes, checks)


def _longer(latent: Outcome, options: Options) -> str:
    """What to try where the sampler did not converge: the time that its effective size so far lets expect, at least fourfold."""
    d = latent.estimate.diagnostics
    size = max(min(d.get("ess") or 0.0, d.get("ess_tail") or 0.0), 1.0)
    seconds = min(max(4.0, 2.0 * options.ess / size), MOST_LONGER) * options.time_limit
    digits = 10 ** max(math.floor(math.log10(seconds)) - 1, 0)  # two digits are enough of an advice
    return (
        f"A longer run: --time-limit {math.ceil(seconds / digits) * digits} (it had {options.time_limit:g} seconds); --html or --plot draws the "
        "trace of the chains, which shows what they move between. If that does not help: fewer lists (--lists), or the other "
        "models alone (--models)."
    )


def _kind(name: str) -> str:
    return name.split("-")[0] if name.startswith("loglinear") else name


def _range(
    observed: int, passing: Sequence[Outcome], bound: Outcome | None, outcomes: Sequence[Outcome], checks: ListChecks
) -> Verdict:
    lower = min(o.estimate.lower for o in passing if o.estimate.lower is not None)
    upper = max(o.estimate.upper for o in passing if o.estimate.upper is not None)
    reasons = [
        f"{observed:,} observed. The range spans the intervals of "
        + ", ".join(f"{o.estimate.name} ({o.estimate.lower:,.0f} to {o.estimate.upper:,.0f})" for o in passing)
        + "; each rests on its own assumption, none of which the data can prove."
    ]
    floor = bound.estimate.lower if bound is not None else None
    if floor is not None and round(lower) < round(floor) and floor <= upper:
        reasons.append(
            f"Its lower end is raised from {lower:,.0f} to {floor:,.0f}, the lower end of Chao's bound, below which only "
            "lists that avoid each other's records could bring the total."
        )
        lower = floor
    out = [f"{o.estimate.name} ({'; '.join(o.failures)})" for o in outcomes if o.failures]
    if out:
        reasons.append("Not in the range: " + ", ".join(out) + ".")
    reasons += checks.notes
    return Verdict(True, tuple(reasons), Range(lower=float(lower), upper=float(upper)))
