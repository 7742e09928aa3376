"""Write the generated pages of the documentation: command line, settings, data dictionary.

usage: generate_docs.py [--check]

`--check` writes nothing and fails where a page is not what the program says of itself.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from leadline.cli import main as cli
from leadline.publish.export import data_dictionary
from leadline.schema import describe
from leadline.settings import Settings

DOCS = Path(__file__).resolve().parent.parent / "docs" / "reference"


def command_line() -> str:
    """Help of every command, as Markdown."""
    parts = ["# Command line", "", "Generated from the program; `make golden` writes it anew.", ""]

    def walk(command: click.Command, name: str, parent: click.Context | None) -> None:
        context = click.Context(command, info_name=name, parent=parent, max_content_width=100, terminal_width=100)
        parts.extend([f"## {context.command_path}", "", "```text", command.get_help(context), "```", ""])
        for sub in sorted(getattr(command, "commands", {})):
            walk(command.commands[sub], sub, context)  # type: ignore[attr-defined]

    walk(cli, "leadline", None)
    return "\n".join(parts)


def settings() -> str:
    """Every setting, as Markdown."""
    defaults = msgspec.to_builtins(Settings())
    rows = [
        f"| `{name}` | `{msgspec.json.encode(defaults[name]).decode()}` | {about} |"
        for name, _, about in describe(Settings)
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Generated from `leadline/settings.py`. A settings file (TOML) holds any of these names; file names in it are relative to it.",
            "",
            "| name | default | what it does |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


PAGES = {"command-line.md": command_line, "settings.md": settings, "data-dictionary.md": data_dictionary}


def main(check: bool) -> int:
    """Write or compare the pages."""
    stale = []
    for name, make in PAGES.items():
        text = make().rstrip() + "\n"
        path = DOCS / name
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale:
        print(f"stale: {', '.join(stale)}; run `make golden`")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
