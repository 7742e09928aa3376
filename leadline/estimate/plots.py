"""Pictures of an estimate: N by assumption, which lists overlap, traces and ranks of the chains, the tilt curve.

matplotlib is imported only here and only when a picture is drawn. The same result gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from leadline.errors import DependencyError
from leadline.estimate.analysis import Analysis
from leadline.estimate.outcome import Outcome
from leadline.estimate.tables import Floats, ListTable
from leadline.estimate.words import NO_ESTIMATE, TITLES

PANELS = ("forest", "overlaps", "tilt", "trace", "ranks")
MOST_PATTERNS, MOST_LISTS = 24, 40
BARS = 9.0  # lines of text that the bars of the overlap picture take
INK, SEEN, PASS, OUT, LINES = "#1f2933", "#6b7280", "#1d5fa8", "#9aa5b1", ("#1d5fa8", "#c2571a", "#2b7a4b", "#7b3fa0")


def overview(analysis: Analysis, kind: str = "svg") -> bytes:
    """Forest plot, overlaps, tilt curve and chains on one sheet, as `svg` or `png`."""
    return draw([p for name in PANELS if (p := _panel(analysis, name)) is not None], kind)


def single(analysis: Analysis, name: str, kind: str = "svg") -> bytes | None:
    """One picture: `forest`, `overlaps`, `tilt`, `trace` or `ranks`; None where there is nothing to draw."""
    panel = _panel(analysis, name)
    return None if panel is None else draw([panel], kind)


@dataclass(frozen=True)
class Panel:
    """What draws on a pair of axes, and how high it is, in inches."""

    picture: Callable[[Any], None]
    height: float = 3.5


def _panel(analysis: Analysis, name: str) -> Panel | None:
    trace, table = chains_of(analysis), analysis.table
    if name == "forest":
        return Panel(lambda ax: forest(ax, analysis))
    if name == "overlaps" and isinstance(table, ListTable) and len(table.counts):
        lines = BARS + min(table.n_lists, MOST_LISTS)
        return Panel(lambda ax: overlaps(ax, table), max(3.5, 0.5 + 0.19 * lines))
    if name == "tilt" and any("tilt" in m.diagnostics for m in analysis.estimate.models):
        return Panel(lambda ax: tilts(ax, analysis))
    if name in ("trace", "ranks") and trace is not None:
        picture = traces if name == "trace" else ranks
        return Panel(lambda ax: picture(ax, trace))
    return None


def chains_of(analysis: Analysis) -> Floats | None:
    """The latent-class chains, if there are any."""
    for o in analysis.outcomes:
        found = o.extra.get("trace")
        if found is not None and np.size(found):
            return np.asarray(found)
    return None


def check_installed() -> None:
    """Refuse pictures where matplotlib is missing, before anything is computed."""
    if find_spec("matplotlib") is None:
        raise DependencyError(
            "matplotlib is not installed", expected="it, for pictures", todo="pip install 'leadline[plot]'"
        )


def draw(panels: Sequence[Panel], kind: str) -> bytes:
    """Panels one below the other, as bytes."""
    check_installed()
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(
        {"svg.hashsalt": "leadline", "font.family": "DejaVu Sans", "font.size": 9, "svg.fonttype": "path"}
    ):
        heights = [p.height for p in panels]
        figure = Figure(figsize=(7.6, sum(heights)), layout="constrained")
        (FigureCanvasSVG if kind == "svg" else FigureCanvasAgg)(figure)
        axes = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
        for ax, panel in zip(axes, panels, strict=True):
            panel.picture(ax)
            for side in ("top", "right"):
                ax.spines[side].set_visible(False)
        out = io.BytesIO()
        figure.savefig(out, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else {"Software": None})
    return out.getvalue()


def forest(ax: Any, analysis: Analysis) -> None:
    """N by assumption: filled where a model passes its own checks, open where it does not, diamonds for separate peaks."""
    e = analysis.estimate
    shown = [o for o in analysis.outcomes if o.estimate.n_hat is not None or o.estimate.diagnostics.get("bimodal")]
    ends = [float(e.observed), *(x for o in shown for x in _ends(o))]
    names = []
    for row, o in enumerate(shown):
        m = o.estimate
        colour = PASS if o.passes else OUT
        names.append(TITLES[m.name])
        for peak in m.diagnostics["modes"] if m.diagnostics.get("bimodal") else ():
            ax.plot([peak["n_hat"]], [row], "D", color=colour, mfc="white", ms=6, zorder=3)
            at = (peak["n_hat"], row)
            ax.annotate(
                f"{peak['share']:.0%}",
                at,
                color=SEEN,
                fontsize=7,
                ha="center",
                xytext=(0, 6),
                textcoords="offset points",
            )
        if m.n_hat is None:
            names[-1] += "\n(not converged)"
            continue
        lower = m.lower if m.lower is not None else m.n_hat
        upper = m.upper if m.upper is not None else max(ends) * 1.3
        ax.plot([lower, upper], [row, row], color=colour, lw=2, solid_capstyle="butt")
        if m.upper is None:
            ax.annotate("no limit", (upper, row), color=colour, va="bottom", ha="right")
        ax.plot([m.n_hat], [row], "o", color=colour, mfc=colour if o.passes else "white", ms=6, zorder=4)
    ax.axvline(e.observed, color=SEEN, lw=1, ls=":")
    foot = (e.observed, len(shown) - 0.4)
    text = f"observed {e.observed:,}"
    ax.annotate(text, foot, color=SEEN, ha="left", va="bottom", xytext=(3, 0), textcoords="offset points")
    if e.range is not None:
        ax.axvspan(e.range.lower, e.range.upper, color=PASS, alpha=0.08, lw=0)
    ax.set_yticks(range(len(shown)), names)
    ax.set_ylim(len(shown) - 0.3, -0.7)
    ax.xaxis.set_major_formatter(_thousands)
    ax.xaxis.set_minor_formatter(_nothing)
    if max(ends) > 8 * max(e.observed, 1):
        _log_scale(ax, "x")
    verdict = f"range {e.range.lower:,.0f} to {e.range.upper:,.0f}" if e.range else f"not estimable, {NO_ESTIMATE}"
    ax.set_title(f"N by identifying assumption: {verdict}", loc="left", color=INK)
    level = f"{100 * analysis.outcomes[0].estimate.level:g} % intervals; " if analysis.outcomes else ""
    peaked = any(o.estimate.diagnostics.get("bimodal") for o in shown)
    diamonds = "\ndiamonds: separate peaks and their shares of the draws" if peaked else ""
    ax.set_xlabel(f"total number N ({level}open: does not pass its own checks){diamonds}")


def _ends(o: Outcome) -> list[float]:
    m = o.estimate
    found = [m.lower, m.upper, m.n_hat] if m.n_hat is not None else [p["n_hat"] for p in m.diagnostics["modes"]]
    return [x for x in found if x is not None]


def _log_scale(ax: Any, which: str = "y") -> None:
    """A logarithmic axis of N with a label at each 1, 2 and 5 times a power of ten."""
    from matplotlib.ticker import LogLocator

    ax.set(**{f"{which}scale": "log"})
    axis = getattr(ax, f"{which}axis")
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(_thousands)
    axis.set_minor_formatter(_nothing)


def _thousands(value: float, _position: int) -> str:
    return f"{value:,.0f}"


def _nothing(_value: float, _position: int) -> str:
    return ""


def overlaps(ax: Any, table: ListTable) -> None:
    """Which lists share how many records: the most frequent patterns, with the lists below, the largest first (an UpSet plot)."""
    order = np.lexsort((np.arange(len(table.counts)), -table.counts))[:MOST_PATTERNS]
    lists = np.argsort(-table.sizes, kind="stable")[:MOST_LISTS]
    counts, patterns = table.counts[order], table.patterns[np.ix_(order, lists)]
    top, J = float(counts.max()), len(lists)
    step = top * 1.15 / BARS  # a list takes a line, the bars as much as BARS lines
    ax.bar(range(len(counts)), counts, color=PASS, width=0.7)
    for i, c in enumerate(counts):
        ax.annotate(f"{c:,}", (i, c), ha="center", va="bottom", fontsize=7)
        on = np.flatnonzero(patterns[i])
        ax.plot([i] * J, -step * np.arange(1, J + 1), "o", ms=4, color="#dfe3e8")
        ax.plot([i] * len(on), -step * (on + 1), "o-", ms=4, color=INK, lw=1)
    names = [f"{table.lists[j]} ({table.sizes[j]:,})" for j in lists]
    ax.set_yticks([0, top, *(-step * (j + 1) for j in range(J))], ["0", f"{top:,.0f}", *names])
    ax.set_xticks([])
    ax.set_ylim(-step * (J + 0.7), top * 1.15)
    more = f", the {len(counts)} most frequent of {len(table.counts)}" if len(table.counts) > len(counts) else ""
    more += f", the {J} largest of {table.n_lists} lists" if table.n_lists > J else ""
    ax.set_title(f"Records by pattern of lists{more}", loc="left", color=INK)


def tilts(ax: Any, analysis: Analysis) -> None:
    """N as the odds of being unseen are multiplied by xi."""
    curves = [
        (m, m.diagnostics["tilt"]["curve"])
        for m in analysis.estimate.models
        if m.diagnostics.get("tilt", {}).get("curve")
    ]
    passing = [(m, c) for m, c in curves if m.diagnostics.get("passes")]
    for k, (m, curve) in enumerate(passing or curves):
        label = TITLES[m.name] + ("" if passing else " (does not pass)")
        style = ("-", (0, (5, 4)), (0, (1, 2)))[k % 3]  # two models of nearly the same N lie on each other
        ax.plot([c["xi"] for c in curve], [c["n_hat"] for c in curve], color=LINES[k % 4], ls=style, lw=2, label=label)
    ax.axhline(analysis.estimate.observed, color=SEEN, lw=1, ls=":")
    ax.axvline(1.0, color=SEEN, lw=1)
    ax.set_xscale("log", base=2)
    _log_scale(ax)
    ax.xaxis.set_major_formatter(_plain_number)
    ax.set_xlabel("tilt: the odds of being unseen, as a multiple of what the model says")
    ax.set_title("N if the identifying assumption is tilted", loc="left", color=INK)
    ax.legend(frameon=False)


def _plain_number(value: float, _position: int) -> str:
    return f"{value:g}"


def traces(ax: Any, chains: Floats) -> None:
    """The chains of the latent-class sampler as they ran."""
    for c, chain in enumerate(chains):
        ax.plot(chain, color=LINES[c % 4], lw=0.4, alpha=0.8)
    _log_scale(ax)
    ax.set_xlabel("draw (thinned); one colour a chain")
    ax.set_title("Chains of the latent-class sampler: N", loc="left", color=INK)


def ranks(ax: Any, chains: Floats) -> None:
    """How the ranks of each chain's draws are spread: flat and alike where the chains agree."""
    flat = chains.ravel()
    rank = np.argsort(np.argsort(flat, kind="stable"), kind="stable").reshape(chains.shape)
    for c, row in enumerate(rank):
        height, edges = np.histogram(row, bins=20, range=(0, flat.size))
        ax.stairs(height, edges, color=LINES[c % 4], lw=1.2)
    ax.axhline(chains.shape[1] / 20, color=SEEN, lw=1, ls=":")
    ax.set_xlabel("rank among all draws")
    ax.set_title("Ranks of each chain's draws", loc="left", color=INK)


__all__ = ["Panel", "chains_of", "draw", "forest", "overlaps", "overview", "ranks", "single", "tilts", "traces"]
