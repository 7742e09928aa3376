"""What people decided: entries of the ledger, found again in the claims as they are now.

    ledger entries + documents + claims -> judgements (same, different, accept, correct, reject), each with its state

A claim's id is no anchor, since a new extraction numbers anew: `anchors` ties a decision to the bytes and the span that it
was about, `entries` reads and writes the ledger, `conflicts` says which decisions contradict each other, `resolved` puts
them together, `claims` gives stages the claims as people left them.
"""

from __future__ import annotations

from leadline.judgements.claims import judged_claims, judgements_that_apply
from leadline.judgements.entries import Decided, decided
from leadline.judgements.resolved import resolve, resolve_case

__all__ = ["Decided", "decided", "judged_claims", "judgements_that_apply", "resolve", "resolve_case"]
