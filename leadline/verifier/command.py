"""The command line of the stand-alone verifier."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from leadline.verifier.anchors import check_anchors
from leadline.verifier.case import verify_folder
from leadline.verifier.findings import EXIT_CODES, NoCaseError, render


def main() -> int:
    """Check the case this file stands in, or the one that is named."""
    codes = ", ".join(f"{code} {name}" for name, code in EXIT_CODES.items() if code)
    parser = argparse.ArgumentParser(
        description=f"Check every byte of a Leadline case. Exit code: 0 ok, {codes}, 3 no case."
    )
    parser.add_argument(
        "case", nargs="?", type=Path, default=Path(__file__).resolve().parent, help="folder of the case"
    )
    parser.add_argument(
        "--anchor", type=Path, action="append", default=[], help="a head that somebody else held: text, .tsr or .ots"
    )
    parser.add_argument(
        "--header", action="append", default=[], help="a Bitcoin block header (80 bytes in hexadecimal) for .ots"
    )
    given = parser.parse_args()
    try:
        verdict, rows = verify_folder(given.case)
    except NoCaseError:
        print(f"{given.case}: not a case folder", file=sys.stderr)
        return 3
    verdict = verdict._replace(findings=verdict.findings + tuple(check_anchors(given.anchor, rows, given.header)))
    getattr(sys.stdout, "reconfigure", lambda **_: None)(errors="backslashreplace")
    print(render(verdict))
    return verdict.exit_code


if __name__ == "__main__":
    sys.exit(main())
