"""A page about one estimate that needs nothing else: verdict, reasons, models with assumptions, pictures, settings."""

from __future__ import annotations

import html
import json
from typing import Any

from leadline.errors import DependencyError
from leadline.estimate.analysis import Analysis
from leadline.estimate.tables import ListTable
from leadline.estimate.words import NO_ESTIMATE, peaks
from leadline.schema import Estimate, ModelEstimate

PICTURES = (
    ("forest", "Each line is one model's interval, the dot its estimate; open dots did not pass their own checks."),
    ("overlaps", "Bars count the records with exactly the lists marked below."),
    (
        "tilt",
        "No data can test how likely the unseen are to be unseen; the curves show how N moves with that assumption.",
    ),
    ("trace", "The chains should look alike and wander over the same heights."),
    ("ranks", "Flat lines close to each other: the chains explored the same distribution."),
)
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1f2933}
h1{font-size:1.5rem}h2{font-size:1.25rem;margin-top:2rem}h3{font-size:1rem;margin:1.4rem 0 .3rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #dfe3e8}
td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.out{color:#6b7280}
.verdict{font-size:1.25rem;padding:.8rem 1rem;background:#eef3f9;border-left:4px solid #1d5fa8}
.refused{background:#fdf3ec;border-color:#c2571a}svg{max-width:100%;height:auto}
code,pre{font:13px/1.4 ui-monospace,monospace}pre{overflow:auto;background:#f5f7fa;padding:.8rem}
"""


def page(analysis: Analysis, *, title: str) -> str:
    """The report as one HTML document without scripts and without anything loaded from elsewhere."""
    e = analysis.estimate
    body = [
        f"<h1>How many in all? {html.escape(title)}</h1>",
        _verdict(e),
        "<h2>Why</h2><ul>" + "".join(f"<li>{html.escape(r)}</li>" for r in e.reasons) + "</ul>",
        f"<h2>N by identifying assumption{'' if e.range else f': {NO_ESTIMATE}'}</h2>",
        _models(e),
        *_pictures(analysis),
        _sensitivity(e),
        _strata(analysis),
        _input(analysis),
        _repeat(e),
        _details(e),
    ]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(title)}: estimate</title><style>{STYLE}</style>{''.join(body)}</html>\n"
    )


def _number(x: float | None) -> str:
    return "-" if x is None else f"{x:,.0f}"


def _figure(x: float) -> str:
    """A count as a whole number, a share with three digits."""
    return f"{x:,.0f}" if float(x).is_integer() else f"{x:.3f}"


def _verdict(e: Estimate) -> str:
    if e.range is not None:
        return f'<p class="verdict">Between <b>{_number(e.range.lower)}</b> and <b>{_number(e.range.upper)}</b>; {e.observed:,} observed on {len(e.lists)} lists.</p>'
    return f'<p class="verdict refused"><b>Not estimable.</b> {e.observed:,} observed on {len(e.lists)} lists.</p>'


def _models(e: Estimate) -> str:
    rows = "".join(_model_row(m, counts=e.range is not None) for m in e.models)
    return f"<table><tr><th>model<th class=n>N<th class=n>interval<th>what must hold for it{rows}</table>"


def _model_row(m: ModelEstimate, *, counts: bool) -> str:
    failures = m.diagnostics.get("failures", [])
    why = "".join(f'<br><span class="out">does not count: {html.escape(f)}</span>' for f in failures)
    if "rhat" in m.diagnostics:
        why = f"<br>{html.escape(_convergence(m.diagnostics))}{why}"
    if shape := peaks(m.diagnostics):
        why = f"<br>{html.escape(shape)}{why}"
    span = "-" if m.n_hat is None else f"{_number(m.lower)} to {'no limit' if m.upper is None else _number(m.upper)}"
    css = "" if counts and m.diagnostics.get("passes") else ' class="out"'
    refused = "" if counts else '<br><span class="out">not an estimate</span>'
    return (
        f"<tr{css}><td>{html.escape(m.name)}{refused}<td class=n>{_number(m.n_hat)}<td class=n>{span} ({m.level:.0%})"
        f"<td>{html.escape(m.assumption)}{why}"
    )


def _convergence(d: dict[str, Any]) -> str:
    """How far the chains can be trusted, in one sentence."""
    return (
        f"{d['chains']} chains of {d['sweeps']:,} sweeps: R-hat {d['rhat']:.3f}, effective sample {d['ess']:,.0f} (tails "
        f"{d['ess_tail']:,.0f}), Monte Carlo error of the median {d['mcse_median']:,.0f}, of the limits {d['mcse_lower']:,.0f} and "
        f"{d['mcse_upper']:,.0f}."
    )


def _pictures(analysis: Analysis) -> list[str]:
    from leadline.estimate import plots

    found = []
    for name, caption in PICTURES:
        try:
            picture = plots.single(analysis, name)
        except DependencyError as missing:
            return [f'<p class="out">No pictures: {html.escape(str(missing))}</p>']
        if picture is not None:
            text = picture.decode()
            found.append(
                f"<figure>{text[text.index('<svg') :]}<figcaption>{html.escape(caption)}</figcaption></figure>"
            )
    return found


def _sensitivity(e: Estimate) -> str:
    parts = []
    for m in e.models:
        without = m.diagnostics.get("leave_one_list_out")
        if without:
            rows = "".join(
                f"<tr><td>{html.escape(w['without'])}<td class=n>{_number(w['n_hat'])}<td class=n>{w['observed']:,}"
                for w in without
            )
            parts.append(
                f"<h3>{html.escape(m.name)} without one list</h3><table><tr><th>left out<th class=n>N<th class=n>observed{rows}</table>"
            )
        prior = m.diagnostics.get("prior_sensitivity")
        if prior:
            rows = "".join(
                f"<tr><td class=n>{p['delta']:g}<td class=n>{_number(p['n_hat'])}<td class=n>{_number(p['lower'])} to {_number(p['upper'])}"
                for p in prior
            )
            parts.append(
                f"<h3>{html.escape(m.name)} under other priors</h3><table><tr><th class=n>records a cell (delta)<th class=n>N<th class=n>interval{rows}</table>"
            )
        missed = m.diagnostics.get("missed_matches")
        if missed:
            rows = "".join(
                f"<tr><td class=n>{p['missed']:.0%}<td class=n>{_number(p['observed'])}<td class=n>{_number(p['n_hat'])}<td class=n>{_number(p['lower'])} to {_number(p['upper'])}"
                for p in missed
            )
            parts.append(
                f"<h3>{html.escape(m.name)} if matches were missed</h3><table><tr><th class=n>share of the records on several lists that were split<th class=n>records there would be<th class=n>N<th class=n>interval{rows}</table>"
            )
    return "<h2>What if</h2>" + "".join(parts) if parts else ""


def _strata(analysis: Analysis) -> str:
    if not analysis.strata:
        return ""
    rows = []
    for s in analysis.strata:
        pooled: dict[str, Any] = next(
            (m.diagnostics["pooled"] for m in s.estimate.models if "pooled" in m.diagnostics), {}
        )
        span = (
            "not estimable"
            if s.estimate.range is None
            else f"{_number(s.estimate.range.lower)} to {_number(s.estimate.range.upper)}"
        )
        own = next((m.n_hat for m in s.estimate.models if m.name == "decomposable"), None)
        rows.append(
            f"<tr><td>{html.escape(s.estimate.stratum)}<td class=n>{s.estimate.observed:,}<td class=n>{span}<td class=n>{_number(own)}"
            f"<td class=n>{_number(pooled.get('n_hat'))} ({_number(pooled.get('lower'))} to {_number(pooled.get('upper'))})"
        )
    return (
        "<h2>Strata</h2><table><tr><th>stratum<th class=n>observed<th class=n>range<th class=n>average over graphs<th class=n>the same, pooled"
        + "".join(rows)
        + "</table>"
    )


def _input(analysis: Analysis) -> str:
    t = analysis.table
    if not isinstance(t, ListTable):
        return ""
    sizes = "".join(
        f"<tr><td>{html.escape(x)}<td class=n>{s:,}" for x, s in zip(t.lists, t.sizes.tolist(), strict=True)
    )
    figures = "".join(
        f"<tr><td>{html.escape(k.replace('_', ' '))}<td class=n>{_figure(v)}" for k, v in analysis.figures.items()
    )
    return f"<h2>The lists</h2><table><tr><th>list<th class=n>records{sizes}</table><table>{figures}</table>"


def _repeat(e: Estimate) -> str:
    run = html.escape(json.dumps({"settings": e.settings, "versions": e.versions}, indent=1))
    digest = html.escape(e.input_sha256)
    return f"<h2>To repeat it</h2><p>SHA-256 of the capture histories: <code>{digest}</code></p><pre>{run}</pre>"


def _details(e: Estimate) -> str:
    hidden = ("tilt", "leave_one_list_out", "prior_sensitivity", "missed_matches")
    parts = [
        f"<details><summary>{html.escape(m.name)}</summary><pre>"
        + html.escape(json.dumps({k: v for k, v in m.diagnostics.items() if k not in hidden}, indent=1))
        + "</pre></details>"
        for m in e.models
    ]
    return "<h2>What each model says about itself</h2>" + "".join(parts)
