"""Check a case with nothing but Python's standard library (3.9 or newer), offline.

This package is the verifier of `leadline verify`, and `standalone()` joins its modules into the one file `verify.py` that
stands in every case. It imports nothing of Leadline and takes neither an algorithm nor a path from what it checks.
"""

from __future__ import annotations

from leadline.verifier.bundle import standalone
from leadline.verifier.case import verify_folder
from leadline.verifier.findings import EXIT_CODES, Finding, NoCaseError, Verdict

__all__ = ["EXIT_CODES", "Finding", "NoCaseError", "Verdict", "standalone", "verify_folder"]
