"""The command line: one command a stage, plus run, why, verify, withdraw, export, codebook and settings. No logic here."""

from __future__ import annotations

from leadline.cli.commands import main

__all__ = ["main"]
