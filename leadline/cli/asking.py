"""The commands that only look: why, export, and what a codebook and the settings are."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from leadline.cli.root import DAMAGED, PATH, main


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


@main.group()
def codebook() -> None:
    """Work with codebooks."""


@codebook.command("check")
@click.argument("file", type=PATH)
def codebook_check(file: Path) -> None:
    """Check a codebook and the model that it names; an error names the exact path inside the file."""
    from leadline.codebook import load_codebook
    from leadline.extract.claims.coded.taught import taught_for

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
