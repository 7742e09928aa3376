"""What `leadline estimate TABLE` does: read, estimate, write the files that were asked for, all or nothing each."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from leadline.errors import InputError
from leadline.estimate.analysis import Analysis, analyse
from leadline.estimate.options import Options
from leadline.estimate.words import NO_ESTIMATE, peaks, span
from leadline.progress import SILENT, Progress
from leadline.schema import Estimate, ModelEstimate


def run_command(
    path: str | Path,
    *,
    json: str | Path | None = None,
    plot: str | Path | None = None,
    html: str | Path | None = None,
    lists: Sequence[str] = (),
    strata: Sequence[str] = (),
    models: Sequence[str] = (),
    seed: int | None = None,
    time_limit: float | None = None,
    level: float | None = None,
    occasions: int | None = None,
    threads: int | None = None,
    progress: Progress = SILENT,
) -> Analysis:
    """Estimate from a table and write what was asked for; returns the analysis, `render` turns it into text.

    `json` is the `estimates` object (with `strata` it holds one more object for each under `strata`); `plot` ends in
    .svg or .png; `html` is one page that needs nothing else. A file is written whole or not at all.
    """
    given: dict[str, Any] = {
        "seed": seed, "time_limit": time_limit, "level": level, "threads": threads, "models": tuple(models) or None,
    }  # fmt: skip
    options = Options(**{k: v for k, v in given.items() if v is not None})
    _check_targets([Path(t) for t in (json, plot, html) if t is not None], Path(path))
    if plot is not None and Path(plot).suffix.lower() not in (".svg", ".png"):
        raise InputError(f"the plot is to be written to {plot}", expected="a name that ends in .svg or .png")
    if plot is not None:
        from leadline.estimate.plots import check_installed

        check_installed()
    found = analyse(path, options, lists=lists, strata=strata, occasions=occasions, progress=progress)
    if json is not None:
        write_whole(Path(json), to_json(found))
    if plot is not None:
        from leadline.estimate.plots import overview

        write_whole(Path(plot), overview(found, Path(plot).suffix.lower()[1:]))
    if html is not None:
        from leadline.estimate.report import page

        write_whole(Path(html), page(found, title=Path(path).name).encode())
    return found


def to_json(analysis: Analysis) -> bytes:
    """The `estimates` object, the same bytes for the same result."""
    found: dict[str, Any] = msgspec.to_builtins(analysis.estimate)
    if analysis.strata:
        found["strata"] = [msgspec.to_builtins(s.estimate) for s in analysis.strata]
    return msgspec.json.format(msgspec.json.encode(found, order="deterministic"), indent=1) + b"\n"


def to_arrow(estimates: Sequence[Estimate]) -> Any:
    """One row for each stratum and model, as an Arrow table, for notebooks."""
    import pyarrow as pa

    rows = [
        {
            "stratum": e.stratum, "observed": e.observed, "estimable": e.estimable, "model": m.name, "n_hat": m.n_hat,
            "lower": m.lower, "upper": m.upper, "level": m.level, "passes": bool(m.diagnostics.get("passes")),
            "assumption": m.assumption, "input_sha256": e.input_sha256,
        }
        for e in estimates
        for m in e.models
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


def render(analysis: Analysis) -> str:
    """The result as plain text: the verdict first, then N by assumption, then what moves it."""
    blocks = [_render_one(a.estimate) for a in (analysis, *analysis.strata)]
    return "\n\n".join(blocks)


def _render_one(e: Estimate) -> str:
    head = f"Stratum {e.stratum}: " if e.stratum != "all" else ""
    on = f"({e.observed:,} observed, {len(e.lists)} lists)" if e.lists else f"({e.observed:,} observed)"
    if e.estimable and e.range is not None:
        head += f"{e.range.lower:,.0f} to {e.range.upper:,.0f} {on}"
    else:
        head += f"not estimable {on}"
    heading = f"N by assumption ({100 * e.models[0].level:g} % intervals)" if e.models else "N by assumption"
    heading += ":" if e.estimable else f"; the estimate is refused: {NO_ESTIMATE}:"
    lines = [head, *(f"- {r}" for r in e.reasons), "", heading]
    for m in e.models:
        number = "-" if m.n_hat is None else f"{m.n_hat:,.0f}"
        refused = "" if e.estimable else "  not an estimate"
        lines.append(f"  {m.name:<20}{number:>14}  {span(m)}{refused}".rstrip())
        lines.append(f"    {m.assumption}")
        if shape := peaks(m.diagnostics):
            lines.append(f"    {shape}")
        lines += [f"    does not count: {failure}" for failure in m.diagnostics.get("failures", [])]
    moved = [line for m in e.models for line in what_if(m)]
    if moved:
        lines += [
            "",
            "What moves it:" if e.estimable else f"What moves it ({NO_ESTIMATE}):",
            *(f"- {line}" for line in moved),
        ]
    return "\n".join(lines)


def what_if(m: ModelEstimate) -> list[str]:
    """What moves a model's N, a line each: other strata, a list left out, a prior, the tilt of its assumption, missed matches."""
    d, found = m.diagnostics, []
    if total := d.get("sum_over_strata"):
        found.append(f"Sum over {total['strata']} strata, pooled ({m.name}): {_three(total)}.")
    if pooled := d.get("pooled"):
        alone = "; from the other strata alone" if pooled["from_other_strata_alone"] else ""
        found.append(f"Pooled with the other strata ({m.name}): {_three(pooled)}{alone}.")
    if without := d.get("leave_one_list_out"):
        parts = ", ".join(f"{w['without']} {_whole(w['n_hat'])}" for w in without)
        found.append(f"Without one list ({m.name}): {parts}.")
    if prior := d.get("prior_sensitivity"):
        parts = ", ".join(f"{p['delta']:g} {_whole(p['n_hat'])}" for p in prior)
        found.append(f"Other prior weight delta of a cell ({m.name}): {parts}.")
    if (curve := d.get("tilt", {}).get("curve")) and d.get("passes"):
        at = {c["xi"]: c["n_hat"] for c in curve}
        parts = ", ".join(f"{x:g} times {_whole(at[x])}" for x in (0.5, 2.0) if x in at)
        found.append(f"If the odds of being unseen were other than {m.name} says: {parts}.")
    if missed := d.get("missed_matches"):
        parts = ", ".join(f"{p['missed']:.0%} {_whole(p['n_hat'])}" for p in missed if p["missed"])
        found.append(f"If linkage had split records that are on several lists ({m.name}): {parts}.")
    return found


def _whole(x: float | None) -> str:
    return "no estimate" if x is None else f"{x:,.0f}"


def _three(x: dict[str, Any]) -> str:
    return f"{_whole(x['n_hat'])} ({_whole(x['lower'])} to {_whole(x['upper'])})"


def _check_targets(targets: Sequence[Path], source: Path) -> None:
    """Refuse an output that cannot be written before minutes are spent on what would go there."""
    for i, target in enumerate(targets):
        folder = target.resolve().parent
        if not folder.is_dir() or not os.access(folder, os.W_OK) or target.is_dir():
            raise InputError(
                "the file cannot be written",
                place=str(target),
                expected="a name in a folder that exists and may be written to",
            )
        if target.resolve() == source.resolve():
            raise InputError("the result would replace the table", place=str(target), expected="another name")
        if target.resolve() in [t.resolve() for t in targets[:i]]:
            raise InputError("two results would go into one file", place=str(target), expected="a name for each")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file through a temporary one beside it, so that an interruption leaves the old or the new."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
