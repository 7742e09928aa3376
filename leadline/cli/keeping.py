"""The commands of custody: verify, anchor, withdraw."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from leadline.cli.root import PATH, main
from leadline.errors import InputError


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
