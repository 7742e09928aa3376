"""Verify a case, and hold it against anchors that somebody else kept.

The work is done by `leadline.verifier`, which is also the file `verify.py` in every case: both give the same findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from leadline.custody.anchor import check_signature
from leadline.errors import CaseError
from leadline.verifier import NoCaseError, Verdict, verify_folder
from leadline.verifier.anchors import check_anchors


def verify_case(
    folder: Path, anchors: Sequence[Path] = (), headers: Sequence[str] = (), roots: Sequence[Path] = ()
) -> Verdict:
    """Check every file of a case, and each anchor against its ledger; nothing is written.

    `headers` are Bitcoin block headers in hexadecimal, for OpenTimestamps proofs; `roots` are certificates (PEM) under which
    the signatures of time stamps must hold: without them those stay unproven. Raises `CaseError` only where the
    folder is no case at all.

    >>> import tempfile
    >>> from leadline.case import Case
    >>> from leadline.settings import Settings
    >>> folder = Path(tempfile.mkdtemp()) / "case"
    >>> _ = Case.create(folder, Settings(), "0")
    >>> verify_case(folder).status
    'ok'
    """
    try:
        verdict, rows = verify_folder(folder)
    except NoCaseError as e:
        raise CaseError(
            "this is not a case folder",
            place=str(folder),
            expected="a folder made by `leadline run`",
            todo="check the path",
        ) from e
    found = list(check_anchors(anchors, rows, headers))
    if roots:
        found = [check_signature(path, finding, roots) for path, finding in zip(anchors, found, strict=True)]
    return verdict._replace(findings=(*verdict.findings, *found))
