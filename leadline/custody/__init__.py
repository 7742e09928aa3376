"""Custody: prove that a case is what it was (`verify_case`), and take an item out of it for good (`withdraw`)."""

from __future__ import annotations

from leadline.custody.remains import Remains
from leadline.custody.verify import verify_case
from leadline.custody.withdraw import Withdrawal, withdraw
from leadline.verifier import Finding, Verdict
from leadline.verifier.findings import render

__all__ = ["Finding", "Remains", "Verdict", "Withdrawal", "render", "verify_case", "withdraw"]
