"""The commands that compute: run, one for each stage, and estimate, which also takes a table."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadline.cli.root import DAMAGED, PATH, main
from leadline.errors import InputError

if TYPE_CHECKING:
    from leadline.settings import Settings


def _run(
    paths: tuple[Path, ...],
    case: Path,
    *,
    start: str | None = None,
    only: str | None = None,
    options: dict[str, Any] | None = None,
) -> None:
    from leadline.cli.show import Bars, show
    from leadline.pipeline import run_case

    given = dict(options or {})
    columns = dict(_column(c) for c in given.pop("columns", ()))
    progress = Bars()
    try:
        summary = run_case(
            paths, case, _settings(case, given), start=start, only=only, columns=columns, progress=progress
        )
    finally:
        progress.close()
    show(summary)
    if summary.originals is not None and summary.originals.damaged:
        sys.exit(DAMAGED)


def _column(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not equals or not field or not column:
        raise InputError(f"--column {text} cannot be read", expected="FIELD=COLUMN, for example text=body")
    return field, column


def _settings(case: Path, given: dict[str, Any]) -> Settings | None:
    """Settings from the file and options on top of the case's own; None where nothing was said."""
    import msgspec

    from leadline.case import Case
    from leadline.settings import Settings, load_settings

    file = given.pop("settings_file", None)
    said = {k: v for k, v in given.items() if v not in (None, ())}
    if file is None and not said:
        return None
    if file is not None:
        base = load_settings(file)
    else:
        base = Case.open(case).settings if (case / "case.toml").exists() else Settings()
    for name in ("meta", "codebook"):
        if name in said:
            said[name] = str(Path(said[name]).resolve())
    for name in ("registers", "gazetteers"):
        if name in said:
            said[name] = tuple(str(Path(p).resolve()) for p in said[name])
    return msgspec.structs.replace(base, **said)


def _case_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Options of the commands that may make or change a case."""
    for option in (
        click.option("--settings", "settings_file", type=PATH, help="settings file (TOML); kept in the case"),
        click.option("--meta", type=PATH, help="CSV of what the collector knows: document, published, publisher"),
        click.option(
            "--register", "registers", type=PATH, multiple=True, help="source register that adds to the shipped one"
        ),
        click.option(
            "--gazetteer", "gazetteers", type=PATH, multiple=True, help="gazetteer that is asked before the shipped one"
        ),
        click.option("--codebook", type=PATH, help="codebook instead of the shipped one"),
        click.option(
            "--names/--roles", default=None, help="print names of persons outside the register (internal use only)"
        ),
        click.option(
            "--workers",
            type=click.IntRange(0),
            default=None,
            help="worker processes; 0 means one per core, at most two",
        ),
        click.option("--seed", type=int, default=None, help="seed of every random draw"),
        click.option(
            "--column",
            "columns",
            multiple=True,
            metavar="FIELD=COLUMN",
            help="column of a CSV or JSONL input, e.g. text=body",
        ),
    ):
        function = option(function)
    return function


@main.command()
@click.argument("paths", nargs=-1, type=PATH)
@click.option("--case", "case", type=PATH, required=True, help="folder of the case; made where there is none")
@click.option("--from", "start", metavar="STAGE", help="recompute from this stage on")
@_case_options
def run(paths: tuple[Path, ...], case: Path, start: str | None, **options: Any) -> None:
    """The whole flow over files and folders: ingest, extract, trace, link, estimate, publish."""
    _run(paths, case, start=start, options=options)


def _stage_command(name: str, help_text: str) -> None:
    @main.command(name, help=help_text)
    @click.argument("case", type=PATH)
    def command(case: Path) -> None:
        _run((), case, only=name)


@main.command()
@click.argument("paths", nargs=-1, type=PATH, required=True)
@click.option("--case", "case", type=PATH, required=True, help="folder of the case; made where there is none")
@_case_options
def ingest(paths: tuple[Path, ...], case: Path, **options: Any) -> None:
    """Preserve and read files and folders into a case."""
    _run(paths, case, only="ingest", options=options)


_stage_command("extract", "Find attributions and code claims in the case's documents.")
_stage_command("trace", "Find copies, carriers and the origins of claims.")
_stage_command("link", "Link claims into incidents.")
_stage_command("publish", "Write the dossier.")


def _columns(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.strip() for text in given for name in text.split(",") if name.strip())


@main.command()
@click.argument("target", type=PATH)
@click.option("--json", type=PATH, help="write the result as JSON")
@click.option("--html", type=PATH, help="write a report that a reviewer can follow")
@click.option("--plot", type=PATH, help="draw the estimates (.svg or .png)")
@click.option("--lists", multiple=True, callback=_columns, help="columns that are lists, separated by commas")
@click.option("--strata", multiple=True, callback=_columns, help="columns that name the stratum, separated by commas")
@click.option(
    "--models", multiple=True, callback=_columns, help="models to fit, separated by commas; all where not said"
)
@click.option("--level", type=click.FloatRange(0, 1, min_open=True, max_open=True), help="coverage of the intervals")
@click.option("--occasions", type=int, help="number of occasions of a capture-frequency table")
@click.option("--seed", type=int, help="seed of every random draw")
@click.option("--time-limit", type=float, help="seconds for the sampler of the latent-class model")
@click.option("--threads", type=int, help="threads; the result does not depend on them")
def estimate(target: Path, **options: Any) -> None:
    """Estimate the total from a case, or from a table of capture histories (CSV).

    \b
    A table has one of these forms, with a header:
      A,B,C,count     1,0,1,20      0 or 1 for each list, and how many records
      id,A,B,C        r7,1,0,1      one row for each record
      id,list         r7,A          one row for each list that a record is on
      id,lists        r7,A;C        one row for each record
      captures,units  2,40          how many were caught how often (a bound only)

    Other columns describe the records; --strata splits the table by them.
    """  # noqa: D301 - click reads \b
    if target.is_dir():
        _run((), target, only="estimate")
        return
    from leadline.cli.show import Bars
    from leadline.estimate.command import render, run_command

    progress = Bars()
    try:
        found = run_command(target, progress=progress, **options)
    finally:
        progress.close()
    click.echo(render(found))
