"""The flow: six stages in order, what each reads and writes, and which of them must run again."""

from __future__ import annotations

from leadline.pipeline.flow import FLOW, STAGES, Stage, stage
from leadline.pipeline.run import open_case, recompute, run_case
from leadline.pipeline.state import OriginalsState, behind, look_at_originals
from leadline.pipeline.summary import StageRun, Summary

__all__ = [
    "FLOW",
    "STAGES",
    "OriginalsState",
    "Stage",
    "StageRun",
    "Summary",
    "behind",
    "look_at_originals",
    "open_case",
    "recompute",
    "run_case",
    "stage",
]
