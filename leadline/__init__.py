"""Leadline: who says so, how many independent sources that is, what happened, and how much nobody reported.

    ingest -> extract -> trace -> link -> estimate -> publish

Each verb is a stage: it reads tables and writes tables (`leadline.schema`), and `leadline.pipeline` runs them in this
order over one case folder.
"""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["__version__"]
