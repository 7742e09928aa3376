"""Engines: where tables live and how they are queried. DuckDB on Parquet by default."""

from __future__ import annotations

from leadline.engine.base import Engine, Writer

__all__ = ["Engine", "Writer"]
