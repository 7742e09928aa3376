"""Who copied whom, and how many sources that really is.

    documents, claims -> relations between documents, carriers, origins, the origin of every claim, ties among origins,
    the source graph

`text`, `near` and `reuse` find pairs worth comparing, `reader` and `spool` read and keep documents for it, `compare` walks the
pairs, `alignment` and `kinds` say what a pair is, `signs`, `credits` and
`carriers` what a document shows of itself, `roles`, `artefacts`, `matching` and `origins` what claims go back to, `independence`
which origins are not independent, `graph` who relies on whom, `stage` reads and writes.
"""

from __future__ import annotations

from typing import Any

__all__ = ["trace_origins"]


def __getattr__(name: str) -> Any:
    """The stage, imported when it is first used, so that the command line starts fast."""
    if name == "trace_origins":
        from leadline.trace.stage import trace_origins

        return trace_origins
    raise AttributeError(name)
