"""Custody: prove that a case is what it was (`verify_case`), also to those who hold an anchor (`ledger_head`, `keep_anchor`),
and take an item out of it for good (`withdraw`).
"""

from __future__ import annotations

from leadline.custody.anchor import Head, keep_anchor, ledger_head, terminal_code, write_head
from leadline.custody.remains import Remains
from leadline.custody.verify import verify_case
from leadline.custody.withdraw import Withdrawal, withdraw
from leadline.verifier import Finding, Verdict
from leadline.verifier.findings import render

__all__ = [
    "Finding",
    "Head",
    "Remains",
    "Verdict",
    "Withdrawal",
    "keep_anchor",
    "ledger_head",
    "render",
    "terminal_code",
    "verify_case",
    "withdraw",
    "write_head",
]
