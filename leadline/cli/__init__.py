"""The command line: one command a stage, plus run, why, verify, withdraw, export, codebook and settings. No logic here."""

from __future__ import annotations

from leadline.cli import asking, deciding, flow, keeping  # noqa: F401  (each adds its commands)
from leadline.cli.root import main

__all__ = ["main"]
