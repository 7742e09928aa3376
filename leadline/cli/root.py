"""The command `leadline` itself: its help, and how errors are shown and end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from leadline import __version__
from leadline.errors import LeadlineError

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
