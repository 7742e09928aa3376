"""What the command line draws: progress, the summary of a run, trees and verdicts. Imports rich only on use."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leadline.engine import Engine
    from leadline.pipeline import OriginalsState, Summary
    from leadline.walk import Node


SILENCE = 30.0  # seconds after which work that is not drawn says that it goes on, then again after as many


class Bars:
    """Draws progress on a terminal; elsewhere says every half minute how far it is (`leadline.progress.Progress`)."""

    def __init__(self, silence: float = SILENCE) -> None:
        self.bars: Any = None
        self.task: Any = None
        self.silence = silence
        self.timer: threading.Timer | None = None
        self.began = time.monotonic()

    def _say(self) -> None:
        """Say how far it is, on a thread of its own: some work takes minutes for one step."""
        if self.bars is None or self.timer is None:
            return
        task = self.bars.tasks[-1]
        done = f" {task.completed:,.0f} of {task.total:,.0f}" if task.total else f" {task.completed:,.0f}"
        click.echo(f"leadline: {task.description}:{done} after {time.monotonic() - self.began:.0f} s", err=True)
        self._wait()

    def _wait(self) -> None:
        self.timer = threading.Timer(self.silence, self._say)
        self.timer.daemon = True
        self.timer.start()

    def begin(self, task: str, total: int | None = None) -> None:
        """Announce a piece of work."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        if self.bars is None:
            console = Console(stderr=True)
            self.bars = Progress(
                TextColumn("{task.description:<28}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=console,
                disable=not console.is_terminal,
            )
            self.bars.start()
            if not console.is_terminal:
                self._wait()
        if self.task is not None:
            self._finish()
        self.task = self.bars.add_task(task, total=total)

    def _finish(self) -> None:
        done = self.bars.tasks[-1]
        self.bars.update(
            self.task, total=done.total or done.completed or 1, completed=done.total or done.completed or 1
        )

    def advance(self, n: int = 1) -> None:
        """Report finished steps."""
        if self.task is not None:
            self.bars.advance(self.task, n)

    def close(self) -> None:
        """Finish the drawing."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self.bars is not None:
            if self.task is not None:
                self._finish()
            self.bars.stop()


def show(s: Summary) -> None:
    """The summary of a run: stages, figures, refusals, the dossier's address."""
    from rich.console import Console
    from rich.table import Table

    from leadline.pipeline.news import told

    console = Console(soft_wrap=True, highlight=False, markup=False)
    stages = Table(title="stages", title_justify="left", box=None)
    for name in ("stage", "state", "seconds"):
        stages.add_column(name, justify="right" if name == "seconds" else "left")
    for r in s.stages:
        stages.add_row(r.stage, f"computed ({r.reason})" if r.computed else "unchanged, kept", f"{r.seconds:.1f}")
    console.print(stages)
    found = Table(title="found", title_justify="left", box=None, show_header=False)
    found.add_column()
    found.add_column()
    found.add_row(
        "documents",
        f"{s.kept} kept, {s.refused} refused"
        + (f", {s.unread} kept but not read (`leadline why {s.folder} unread`)" if s.unread else ""),
    )
    if "extract" in s.complete:
        found.add_row("claims", f"{s.claims}, attributed to {s.sources} named or described sources")
    if "trace" in s.complete:
        found.add_row("origins", f"{s.origins}")
    if "link" in s.complete:
        found.add_row("independent lines of evidence", f"{s.independent}")
        found.add_row("incidents", f"{s.incidents}")
    for e in s.estimates:
        where = "" if e.stratum == "all" else f" ({e.stratum})"
        if e.estimable and e.range is not None:
            found.add_row(
                "estimate" + where,
                f"between {e.range.lower:,.0f} and {e.range.upper:,.0f}; observed {e.observed}. `leadline why {s.folder} estimate` gives the assumptions",
            )
        else:
            found.add_row("estimate" + where, f"not estimable; observed {e.observed}. " + " ".join(e.reasons))
    if s.news is not None:
        found.add_row("since the run before", "; ".join(told(s.news)))
    console.print(found)
    if "extract" in s.complete and s.kept and not s.claims:
        for line in _why_no_claim(s):
            console.print(line)
    for name in s.unused_rows[:20]:
        console.print(f"not used: the row {name} of --meta names no document of the heap")
    if len(s.unused_rows) > 20:
        console.print(f"not used: {len(s.unused_rows) - 20} more rows of --meta")
    if s.passed_over:
        names = ", ".join(s.passed_over[:10]) + (", …" if len(s.passed_over) > 10 else "")
        console.print(
            f"not read: {len(s.passed_over)} hidden or inside another case ({names}); name it itself if it belongs to the heap"
        )
    for refusal in s.refusals:
        console.print(f"refused: {refusal.document}: {refusal.reason}")
    if s.dossier:
        console.print(f"dossier: {Path(s.dossier).resolve().as_uri()}")
        console.print("Internal, not for publication.")
    if s.originals is not None:
        say_damaged(Path(s.folder), s.originals)


def _why_no_claim(s: Summary) -> list[str]:
    """What was read where no claim was found, and what may be the reason."""
    read = s.kept - s.unread
    lines = [
        f"no claim: {read} of {s.kept} documents were read; {s.attributions} times somebody says something there, and nobody tells an event of the codebook “{s.codebook}”"
    ]
    if s.records:
        lines.append(
            f"{s.records} of the documents are rows of a table or lines of a list; only running text is read for claims, from the column `text` "
            f"(another one: --column text=NAME). A table of incidents is no text: `leadline estimate FILE --lists A,B,C` takes one that says which list holds what"
        )
    if s.unread:
        lines.append(f"{s.unread} were not read: `leadline why {s.folder} unread` says why")
    if read:
        lines.append(
            "another subject needs another codebook (--codebook FILE); `leadline why CASE documents` shows what each text was taken for"
        )
    return lines


def say_behind(case: Path, stages: Mapping[str, str]) -> None:
    """Say of a case whose run is unfinished or overtaken that its figures are not those of a finished run."""
    never = [s for s, why in stages.items() if why == "never run"]
    older = [s for s in stages if s not in never]
    if not stages:
        return
    told = [f"{', '.join(never)} never ran to the end"] if never else []
    if older:
        told.append(f"{', '.join(older)}: older than what they read, than settings, judgements or Leadline")
    todo = f"`leadline run --case {case}` completes it" if "ingest" not in never else "run its files again"
    click.echo(f"leadline: this case is unfinished ({'; '.join(told)}). No figure here is final; {todo}.", err=True)


def say_damaged(case: Path, found: OriginalsState) -> None:
    """Say which originals are not what the ledger says, and how far that was looked at."""
    for damage in found.damaged[:20]:
        click.echo(f"leadline: damaged original: {damage}", err=True)
    if found.damaged:
        more = f", {len(found.damaged) - 20} more" if len(found.damaged) > 20 else ""
        click.echo(
            f"leadline: {len(found.damaged)} of {found.n} originals are not what the ledger says{more} "
            f"({found.n_digested} were read through). What was computed from them stands; the proof of it does not. "
            f"`leadline verify {case}` says more.",
            err=True,
        )


def internal(*, names: bool) -> None:
    """What stands before a walk, as on every page."""
    persons = (
        "persons are named"
        if names
        else "persons outside the source register appear by role, ids that hold a name by a digest, which commands take too; --names shows them"
    )
    click.echo(f"Internal, not for publication; {persons}.")


def draw(node: Node) -> None:
    """A walk as a tree; control characters of a document are shown, so that none of them reaches the terminal."""
    from rich.console import Console
    from rich.tree import Tree

    from leadline.publish.words import visible

    def branch(n: Node) -> Any:
        from rich.text import Text

        text = Text(visible(n.title), style="bold")
        for detail in n.details:
            text.append(f"\n{visible(detail)}", style="not bold")
        if n.quote:
            text.append(f"\n“{visible(n.quote)}”", style="not bold italic")
        if n.place:
            text.append(f"\n{visible(n.place)}", style="not bold dim")
        return text

    def grow(tree: Any, n: Node) -> None:
        for child in n.children:
            grow(tree.add(branch(child)), child)

    tree = Tree(branch(node))
    grow(tree, node)
    Console(soft_wrap=False, highlight=False).print(tree)


def draw_judgements(engine: Engine) -> None:
    """Every judgement with who, when and why, and whether it applies."""
    from leadline.publish.words import visible
    from leadline.schema import JUDGEMENTS, Judgement

    for j in engine.records(JUDGEMENTS, Judgement):
        what = ", ".join(j.left) + (f" | {', '.join(j.right)}" if j.right else "")
        what += f" {j.field}={j.value}" if j.field else ""
        state = j.state + (f": {j.note}" if j.note else "")
        click.echo(
            visible(f"{j.seq}  {j.decision} ({j.about})  {what}\n    {j.by}, {j.time[:10]}: {j.why}\n    {state}")
        )
    if not engine.count(JUDGEMENTS):
        click.echo("nobody has judged anything in this case yet")
