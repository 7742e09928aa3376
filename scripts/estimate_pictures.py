"""Draw the pictures of docs/estimate-assumptions.md, from simulated populations and the shipped Kosovo table.

    python scripts/estimate_pictures.py

Needs matplotlib. The same program gives the same files.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from leadline.estimate import decomposable
from leadline.estimate.analysis import analyse
from leadline.estimate.datasets import shipped
from leadline.estimate.options import MODELS, Options
from leadline.estimate.plots import INK, LINES, OUT, PASS, Panel, draw, forest, overlaps, tilts
from leadline.estimate.reading import read_histories

OUTPUT = Path(__file__).resolve().parent.parent / "docs" / "pictures"


def people(ax, caught, title, shade=None):
    """A square of people; a ring for each list that holds them."""
    n = len(caught)
    side = int(np.ceil(np.sqrt(n)))
    for i in range(n):
        x, y = i % side, i // side
        colour = OUT if not caught[i].any() else PASS
        ax.plot([x], [y], "o", ms=3.4, color=colour, mfc=(shade[i] if shade is not None else colour), mew=0)
        for j in np.flatnonzero(caught[i]):
            ax.plot([x], [y], "o", ms=6 + 3.2 * j, mfc="none", mec=LINES[j], mew=0.9)
    ax.set_axis_off()
    ax.set_aspect("equal")
    seen = int(caught.any(axis=1).sum())
    ax.set_title(
        f"{title}: {seen} of {n} seen, {int((caught.sum(axis=1) > 1).sum())} on two lists or more",
        loc="left",
        color=INK,
    )


def main() -> None:
    OUTPUT.mkdir(exist_ok=True)
    rng = np.random.default_rng(7)
    n = 144
    free = rng.random((n, 3)) < 0.3
    follow = free.copy()
    follow[:, 1] = np.where(rng.random(n) < 0.7, free[:, 0], free[:, 1])
    easy = rng.random(n) < 0.4
    mixed = rng.random((n, 3)) < np.where(easy, 0.6, 0.08)[:, None]
    shade = ["#c2571a" if e else "#6b7280" for e in easy]
    hidden = rng.random(n) < 0.5
    apart = free & ~hidden[:, None]
    dark = ["#1f2933" if h else "#c2571a" for h in hidden]
    for name, panel in {
        "independent": lambda ax: people(ax, free, "Independent lists"),
        "dependent": lambda ax: people(ax, follow, "One list follows another"),
        "classes": lambda ax: people(ax, mixed, "Two kinds of people", shade),
        "hidden": lambda ax: people(ax, apart, "A kind that no list sees", dark),
    }.items():
        (OUTPUT / f"estimate-{name}.svg").write_bytes(draw([Panel(panel)], "svg"))
    exact = tuple(m for m in MODELS if m != "latent-class")
    kosovo = analyse(shipped("kosovo"), Options(models=exact, draws=1000))
    (OUTPUT / "estimate-kosovo.svg").write_bytes(
        draw([Panel(lambda ax: overlaps(ax, kosovo.table)), Panel(lambda ax: forest(ax, kosovo))], "svg")
    )
    (OUTPUT / "estimate-tilt.svg").write_bytes(draw([Panel(lambda ax: tilts(ax, kosovo))], "svg"))
    table = read_histories(shipped("kosovo")).whole

    def priors(ax):
        for k, delta in enumerate((2**-6, 2**-4, 0.5, 1.0)):
            p = decomposable.posterior(table, delta=delta)
            inside = p.unseen < 16000
            step = 60
            ax.plot(
                (table.n + p.unseen[inside])[::step], np.convolve(p.mass[inside], np.ones(step), "same")[::step],
                color=LINES[k], label=f"delta {delta:g}",
            )  # fmt: skip
        ax.set_yticks([])
        ax.legend(frameon=False)
        ax.set_xlabel("total number N")
        ax.set_title("Kosovo, average over graphs: the prior weight of a cell decides", loc="left", color=INK)

    (OUTPUT / "estimate-priors.svg").write_bytes(draw([Panel(priors)], "svg"))


if __name__ == "__main__":
    main()
