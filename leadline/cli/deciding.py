"""The command with which people decide: judge."""

from __future__ import annotations

from pathlib import Path

import click

from leadline.cli.root import PATH, main
from leadline.errors import InputError

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
