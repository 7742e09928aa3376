"""The stand-alone verifier: this package's modules joined into one file, readable from top to bottom."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

PARTS = ("findings", "chain", "case", "anchors", "command")
HEADER = '''"""Check a Leadline case with nothing but Python's standard library (3.9 or newer), offline.

    python3 verify.py [CASE] [--anchor FILE]...

Written by Leadline into every case. Whoever could change the case could change this file too: take your copy, or its
SHA-256, from somebody else. docs/custody.md of Leadline says how to check a case without any program of ours.
"""

from __future__ import annotations
'''


@cache
def standalone() -> bytes:
    """The text of `verify.py`. Imports of one part by another are left out, since all stand in one file then.

    >>> standalone().startswith(b'"Check') or b"leadline.verifier" not in standalone()
    True
    """
    here = Path(__file__).parent
    return "\n\n".join([HEADER, *(_part((here / f"{p}.py").read_text(encoding="utf-8")) for p in PARTS)]).encode()


def _part(source: str) -> str:
    """A module without what only a module needs; its first line of documentation becomes a comment."""
    lines = source.split("\n")
    tree = ast.parse(source)
    for node in tree.body:
        own = isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in {"__future__", "leadline"}
        if own or node is tree.body[0]:
            for n in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[n] = ""
    about = (ast.get_docstring(tree) or "").replace("\n", "\n# ").replace("# \n", "#\n")
    rule = "# " + "=" * 118
    return f"{rule}\n# {about}\n{rule}\n\n" + "\n".join(lines).strip("\n") + "\n"
