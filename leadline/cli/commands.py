"""The command line: one command a stage, plus run, why, verify, withdraw, export, codebook and settings. No logic here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadline import __version__
from leadline.errors import InputError, LeadlineError

if TYPE_CHECKING:
    from leadline.settings import Settings

PATH = click.Path(path_type=Path)
DAMAGED = 5  # as `verify` ends where a file is changed


class _Group(click.Group):
    """Shows Leadline's own errors as one message with their exit code; anything else is a defect and keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LeadlineError as e:
            click.echo(f"leadline: {e}", err=True)
            sys.exit(e.exit_code)
        except KeyboardInterrupt:
            click.echo("leadline: stopped; the case keeps its last complete state.", err=True)
            sys.exit(130)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="leadline")
def main() -> None:
    """Who says so, how many independent sources that is, what happened, and how much nobody reported.

    \b
    leadline run FOLDER --case DIR     the whole flow; ends with the dossier's address
    leadline why DIR ID                from any number or id down to the words
    """  # noqa: D301


# -- what the commands share ------------------------------------------------------------------------------------------


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


# -- the flow -----------------------------------------------------------------------------------------------------------


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


# -- asking -------------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("case", type=PATH)
@click.argument("what")
@click.option("--names/--roles", default=None, help="print names of persons outside the register (internal use only)")
def why(case: Path, what: str, names: bool | None) -> None:
    """Walk a number (documents, claims, origins, incidents, estimate), an incident, origin, claim or document down to the words."""
    from leadline.cli.show import draw, internal, say_behind
    from leadline.pipeline import behind, open_case
    from leadline.walk import why as walk

    with open_case(case) as (found, ledger, engine):
        say_behind(case, behind(found, ledger, engine))
        node = walk(engine, what, found.settings, names=names, ledger=ledger)
        internal(names=found.settings.names if names is None else names)
        draw(node)


@main.command()
@click.argument("case", type=PATH)
@click.option("--format", "kind", default="jsonl", show_default=True, help="jsonl, csv, parquet or geojson")
@click.option("--to", type=PATH, required=True, help="folder to write into")
def export(case: Path, kind: str, to: Path) -> None:
    """Tables out: documents, claims, origins, incidents, estimates."""
    from leadline.case import refuse_inside
    from leadline.cli.show import say_behind, say_damaged
    from leadline.pipeline import behind, look_at_originals, open_case
    from leadline.publish import protected_events
    from leadline.publish.export import export_tables

    refuse_inside(case, to, ("exports",))
    with open_case(case) as (found, ledger, engine):
        say_behind(case, behind(found, ledger, engine))
        state = look_at_originals(found, ledger)
        files = export_tables(engine, to, kind, protected=protected_events(found.settings))
    click.echo(f"{len(files)} files in {to}")
    say_damaged(case, state)
    if state.damaged:
        sys.exit(DAMAGED)


@main.command()
@click.argument("case", type=PATH)
@click.option(
    "--anchor", "anchors", type=PATH, multiple=True, help="a head that somebody else held: text, .tsr or .ots"
)
@click.option("--header", "headers", multiple=True, help="a Bitcoin block header in hexadecimal, for .ots")
@click.option("--root", "roots", type=PATH, multiple=True, help="root certificate (PEM) of the time-stamping authority")
def verify(case: Path, **anchors: Any) -> None:
    """Check every byte and the chain. Exit code 0 ok, 5 changed, 6 missing, 7 unexpected, 8 unproven."""
    from leadline.custody import render, verify_case

    verdict = verify_case(case, **anchors)
    click.echo(render(verdict))
    sys.exit(verdict.exit_code)


@main.command()
@click.argument("case", type=PATH)
@click.option(
    "--to", type=PATH, help="folder outside the case: the head as text, QR code and time-stamp request (.tsq)"
)
@click.option(
    "--response", type=PATH, help="keep an RFC 3161 response (.tsr) or an OpenTimestamps proof (.ots) in the case"
)
@click.option("--request", type=PATH, help="the request that the response answers")
@click.option("--chain", type=PATH, multiple=True, help="intermediate certificates (PEM)")
@click.option(
    "--root", "roots", type=PATH, multiple=True, help="root certificate (PEM): the signature must hold under it"
)
def anchor(case: Path, to: Path | None, response: Path | None, **given: Any) -> None:
    """Print the ledger's head for somebody else to hold, or keep a time stamp over it. Nothing is sent anywhere."""
    from leadline.case import refuse_inside
    from leadline.custody import keep_anchor, ledger_head, terminal_code, write_head

    if response is None and any(given.values()):
        raise InputError(
            "--request, --chain and --root say what a response is checked with", todo="name it: --response FILE"
        )
    if response is not None and to is not None:
        raise InputError("--to writes the head out, --response takes a stamp in", todo="call it once for each")
    if response is not None:
        found = keep_anchor(case, response, **given)
        click.echo(f"kept: {found.path} ({found.note})")
        return
    if to is not None:
        refuse_inside(case, to)
    head = ledger_head(case)
    click.echo(head.text)
    click.echo(terminal_code(head))
    for path in write_head(head, to) if to else ():
        click.echo(f"written: {path}")


@main.command()
@click.argument("case", type=PATH)
@click.argument("item")
@click.option("--reason", required=True, help="why; kept in the ledger (name no names)")
def withdraw(case: Path, item: str, reason: str) -> None:
    """Delete one item's content everywhere in the case; its hash and its entry stay."""
    from leadline.custody import withdraw as withdraw_item
    from leadline.pipeline import recompute

    done = withdraw_item(case, item, reason, recompute=recompute)
    click.echo(
        f"withdrawn: {', '.join(done.documents) or item}; its hash and its entry stay, and the dossier was written anew"
    )
    most: dict[str, int] = {}  # a document stands in several tables: it is named once
    for other in done.remains:
        where = f"document {other.document}" if other.document else other.path
        most[where] = max(most.get(where, 0), other.n_sequences)
    for where, n in sorted(most.items(), key=lambda x: (not x[0].startswith("document "), x[0])):
        runs = "1 run" if n == 1 else f"{n} runs"
        click.echo(f"look at this yourself: {where} shares {runs} of five words with what was withdrawn")
    click.echo(
        "This did not reach: exports and dossiers that were copied out of the case, the folder it was read from, backups. "
        "Delete it there too, and tell whoever was given a copy."
    )


DECISIONS = ("same", "different", "accept", "correct", "reject", "list")


@main.command()
@click.argument("case", type=PATH)
@click.argument("decision", type=click.Choice(DECISIONS), required=False)
@click.argument("ids", nargs=-1)
@click.option("--by", default="", help="who decides (required but for list); kept in the ledger")
@click.option(
    "--why", default="", help="the reason (required but for list); kept in the ledger (no content, no names of sources)"
)
@click.option(
    "--origin",
    is_flag=True,
    help="of two claims: whether they go back to one origin, not whether they are one incident",
)
@click.option("--undo", type=int, metavar="SEQ", help="take the judgement in this entry back")
def judge(
    case: Path, decision: str | None, ids: tuple[str, ...], by: str, why: str, origin: bool, undo: int | None
) -> None:
    """Record what a person decided; the next run reads it.

    \b
    judge CASE same A B          two claims, incidents or origins are one
    judge CASE different A B     two claims or incidents are not one; two origins are independent
    judge CASE accept CLAIM...   the claim is coded as its words say
    judge CASE correct CLAIM event=threat
    judge CASE reject CLAIM...   the words make no such claim
    judge CASE list              every judgement and whether it applies
    judge CASE --undo SEQ        take one back; both entries stay
    """  # noqa: D301
    from leadline.cli.show import draw_judgements, say_behind
    from leadline.pipeline import behind, open_case
    from leadline.pipeline import judge as judging

    if decision == "list" and undo is None:
        with open_case(case) as (found, ledger, engine):
            say_behind(case, behind(found, ledger, engine))
            draw_judgements(engine)
        return
    if undo is not None:
        if decision or ids:
            raise InputError("--undo takes the number of an entry and nothing else", todo=f"leadline judge {case} --undo {undo} --by NAME --why TEXT")  # fmt: skip
        entry = judging.undo(case, undo, by=by, why=why)
    elif decision is None:
        raise InputError("no decision was named", expected="one of " + ", ".join(DECISIONS) + ", or --undo SEQ")
    else:
        entry = judging.judge(case, decision, ids, by=by, why=why, origin=origin)  # type: ignore[arg-type]
    click.echo(f"entry {entry.seq}: recorded; `leadline run --case {case}` brings the case up to date")


@main.group()
def codebook() -> None:
    """Work with codebooks."""


@codebook.command("check")
@click.argument("file", type=PATH)
def codebook_check(file: Path) -> None:
    """Check a codebook and the model that it names; an error names the exact path inside the file."""
    from leadline.codebook import load_codebook
    from leadline.extract.claims.taught import taught_for

    taught_for(load_codebook(file))
    click.echo(f"{file}: ok")


@main.command()
def settings() -> None:
    """List every setting with its default and what it does."""
    import msgspec

    from leadline.schema import describe
    from leadline.settings import Settings

    defaults = msgspec.to_builtins(Settings())
    for name, _, about in describe(Settings):
        click.echo(f"{name} = {msgspec.json.encode(defaults[name]).decode()}\n    {about}")
