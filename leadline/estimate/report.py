"""A page about one estimate that needs nothing else: verdict, reasons, models with assumptions, pictures, settings."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from typing import Any

from leadline.errors import DependencyError
from leadline.estimate.analysis import Analysis
from leadline.estimate.tables import ListTable
from leadline.estimate.words import NO_ESTIMATE, TITLES, peaks, span
from leadline.schema import Estimate, ModelEstimate

PICTURES = (
    (
        "forest",
        (
            "Each line is one model's interval, the dot its estimate. Filled: the model passes its own checks. Open: it does not, or it is "
            "a bound. The shaded band is the range, the dotted line what was observed."
        ),
    ),
    ("overlaps", "Each bar counts the records that are on exactly the lists marked below it; beside a list, its size."),
    (
        "tilt",
        (
            "No data can tell how likely the unseen are to be unseen. The curves show N if that likelihood (as odds) were a multiple of "
            "what each model says: at 2, the unseen are twice as many as the model says."
        ),
    ),
    (
        "trace",
        (
            "The chains started in different places. They should look alike and wander over the same heights; a chain that stays "
            "apart, or steps between two heights, shows rooms that the sampler seldom crosses."
        ),
    ),
    ("ranks", "Flat lines close to each other: the chains explored the same distribution."),
)
WORDS = (
    ("N", "the total number, seen and unseen"),
    ("observed", "records on at least one list"),
    (
        "interval",
        "the numbers that the model does not rule out, if its assumption holds; it knows nothing of other assumptions",
    ),
    (
        "range",
        "from the lowest to the highest end of the intervals of the models that pass their own checks, not below the bound",
    ),
    ("BIC", "a score of models: fit to the table, less a penalty for every term"),
    ("p", "how probable a misfit this large would be if the model held"),
    ("coverage", "the average share of a list's records that other lists confirm"),
    ("delta", "how many made-up records the prior puts into each cell of the table"),
    ("graph", "which pairs of lists depend on each other"),
    ("R-hat", "spread of all chains against the spread within each: 1 where they agree, above 1.01 not converged"),
    ("effective sample", "how many independent draws the chains are worth; below 400 not converged"),
    ("Monte Carlo error", "how far a figure may be off because the chains are finite"),
)
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1f2933}
h1{font-size:1.5rem}h2{font-size:1.25rem;margin-top:2rem}h3{font-size:1rem;margin:1.4rem 0 .3rem}table{border-collapse:collapse;min-width:24rem;max-width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #dfe3e8}
td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.out{color:#6b7280}
.verdict{font-size:1.25rem;padding:.8rem 1rem;background:#eef3f9;border-left:4px solid #1d5fa8}
.refused{background:#fdf3ec;border-color:#c2571a}svg{max-width:100%;height:auto}
figure{margin:1.5rem 0}figcaption{max-width:44rem}td small{display:block;color:#6b7280}dt{font-weight:600;float:left;clear:left;margin-right:.4rem}
dd{margin-left:0}dt:after{content:":"}code,pre{font:13px/1.4 ui-monospace,monospace}pre{overflow:auto;background:#f5f7fa;padding:.8rem}
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
        _strata(analysis),
        _sensitivity(e),
        _input(analysis),
        "<h2>Words</h2><dl>" + "".join(f"<dt>{w}<dd>{html.escape(m)}" for w, m in WORDS) + "</dl>",
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
    on = f"{e.observed:,} observed" + (f" on {len(e.lists)} lists." if e.lists else ".")
    if e.range is not None:
        passing = sum(bool(m.diagnostics.get("passes")) for m in e.models)
        return (
            f'<p class="verdict">Between <b>{_number(e.range.lower)}</b> and <b>{_number(e.range.upper)}</b>; {on}'
            f"<br>The range of {passing} models that pass their own checks, if one of their assumptions holds.</p>"
        )
    return f'<p class="verdict refused"><b>Not estimable.</b> {on}</p>'


def _models(e: Estimate) -> str:
    rows = "".join(_model_row(m, counts=e.range is not None) for m in e.models)
    level = f" ({100 * e.models[0].level:g} %)" if e.models else ""
    return f"<table><tr><th>model<th class=n>N<th class=n>interval{level}<th>what must hold for it{rows}</table>"


def _model_row(m: ModelEstimate, *, counts: bool) -> str:
    failures = m.diagnostics.get("failures", [])
    why = "".join(f'<br><span class="out">does not count: {html.escape(f)}</span>' for f in failures)
    if "rhat" in m.diagnostics:
        why = f"<br>{html.escape(_convergence(m.diagnostics))}{why}"
    if chosen := m.diagnostics.get("model_in_words"):
        why = f"<br>Chosen: {html.escape(chosen)}.{why}"
    if shape := peaks(m.diagnostics):
        why = f"<br>{html.escape(shape)}{why}"
    css = "" if counts and m.diagnostics.get("passes") else ' class="out"'
    refused = "" if counts else "<small>not an estimate</small>"
    return (
        f"<tr{css}><td>{TITLES[m.name]}<small>{html.escape(m.name)}</small>{refused}<td class=n>{_number(m.n_hat)}"
        f"<td class=n>{span(m).strip('()') or '-'}<td>{html.escape(m.assumption)}{why}"
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
        title, d = TITLES[m.name], m.diagnostics
        if without := d.get("leave_one_list_out"):
            rows = [(w["without"], _number(w["observed"]), _number(w["n_hat"])) for w in without]
            parts.append(f"<h3>{title}, without one list</h3>{_grid(('left out', 'observed', 'N'), rows)}")
        if prior := d.get("prior_sensitivity"):
            rows = [(f"{p['delta']:g}", _number(p["n_hat"]), _pair(p)) for p in prior]
            heads = ("records a cell (delta)", "N", "interval")
            parts.append(f"<h3>{title}, under other priors</h3>{_grid(heads, rows)}")
        if missed := d.get("missed_matches"):
            split = [(f"{p['missed']:.0%}", _number(p["observed"]), _number(p["n_hat"]), _pair(p)) for p in missed]
            columns = ("records on several lists that linkage split", "records there would be", "N", "interval")
            parts.append(f"<h3>{title}, if matches were missed</h3>{_grid(columns, split)}")
    if not parts:
        return ""
    lead = (
        "Figures that move much when one list, one prior or a few matches change rest on these rather than on the data."
    )
    return f"<h2>What if</h2><p>{lead}{'' if e.range else f' Here too, {NO_ESTIMATE}.'}</p>" + "".join(parts)


def _grid(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column is a label and whose others are numbers."""
    top = "".join(f"<th{' class=n' if i else ''}>{h}" for i, h in enumerate(heads))
    body = "".join(
        "<tr>" + "".join(f"<td{' class=n' if i else ''}>{html.escape(c)}" for i, c in enumerate(row)) for row in rows
    )
    return f"<table><tr>{top}{body}</table>"


def _pair(x: dict[str, Any]) -> str:
    return f"{_number(x['lower'])} to {_number(x['upper'])}"


def _strata(analysis: Analysis) -> str:
    if not analysis.strata:
        return ""
    rows = []
    for s in analysis.strata:
        pooled: dict[str, Any] = next(
            (m.diagnostics["pooled"] for m in s.estimate.models if "pooled" in m.diagnostics), {}
        )
        one = s.estimate.range
        verdict = "not estimable" if one is None else f"{_number(one.lower)} to {_number(one.upper)}"
        own = next((m.n_hat for m in s.estimate.models if m.name == "decomposable"), None)
        alone = ", from the others alone" if pooled.get("from_other_strata_alone") else ""
        three = f"{_number(pooled.get('n_hat'))} ({_pair(pooled)}{alone})" if pooled else "-"
        rows.append((s.estimate.stratum, f"{s.estimate.observed:,}", verdict, _number(own), three))
    total = next(
        (m.diagnostics["sum_over_strata"] for m in analysis.estimate.models if "sum_over_strata" in m.diagnostics), None
    )
    if total:
        rows.append(
            (
                "sum, from joint draws",
                f"{analysis.estimate.observed:,}",
                "",
                "",
                f"{_number(total['n_hat'])} ({_pair(total)})",
            )
        )
    why = "".join(
        f"<h3>{html.escape(s.estimate.stratum)}</h3><ul>"
        + "".join(f"<li>{html.escape(r)}</li>" for r in s.estimate.reasons)
        + "</ul>"
        for s in analysis.strata
    )
    return (
        "<h2>Strata</h2><p>Each stratum was fitted apart. The pooled figures assume besides that the log odds of being unseen differ "
        "between strata like draws from one normal law: a stratum with much evidence keeps its own answer, one with little leans on the "
        "others. They are one model's and no range; where a stratum is not estimable they are no estimate.</p>"
        + _grid(("stratum", "observed", "range", "average over graphs", "the same, pooled"), rows)
        + why
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
    return f"<h2>The lists</h2><table><tr><th>list<th class=n>records{sizes}</table><br><table>{figures}</table>"


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
