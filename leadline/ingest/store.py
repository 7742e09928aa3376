"""The preserved bytes, each under its own SHA-256: `originals/ab/abcd…`, read-only.

A batch arrives in `originals/.incoming`, flushed to disk; then the ledger lists it; then it moves to its place. So a
crash leaves either bytes that nothing lists, which the next run sweeps away, or listed bytes that it moves on: never an
entry without its original.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from leadline.disk import sync_folder
from leadline.errors import CaseError


def digest(data: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal.

    >>> digest(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(data).hexdigest()


class Originals:
    """The content-addressed store of one case."""

    def __init__(self, root: Path) -> None:
        self.root, self.incoming = root, root / ".incoming"

    def path(self, sha256: str) -> Path:
        """Where the bytes of that digest stand once they are settled."""
        return self.root / sha256[:2] / sha256

    def receive(self, data: bytes) -> str:
        """Write bytes to the waiting folder (unless they are in place already) and return their digest."""
        name = digest(data)
        if not self.path(name).exists():
            try:
                self.incoming.mkdir(parents=True, exist_ok=True)
                part = self.incoming / f"{name}.part"
                with part.open("wb") as f:
                    f.write(data)
                    f.flush()
                    os.fsync(f.fileno())
                part.chmod(0o444)
                part.replace(self.incoming / name)
            except OSError as e:
                raise CaseError(
                    f"an original cannot be stored ({e.strerror})",
                    place=str(self.incoming),
                    expected="a folder you may write to, with free space",
                    todo="make room or change the permissions, then run again",
                ) from e
        return name

    def flush(self) -> None:
        """Make the names in the waiting folder durable, before the ledger lists them."""
        if self.incoming.exists():
            sync_folder(self.incoming)

    def settle(self, digests: Iterable[str]) -> None:
        """Move listed bytes from the waiting folder to their places.

        A move that a power cut undoes leaves them waiting, for `recover`: no flush is needed here.
        """
        for name in digests:
            waiting, final = self.incoming / name, self.path(name)
            if waiting.exists():
                final.parent.mkdir(exist_ok=True)
                waiting.replace(final)
        if self.incoming.exists() and not any(self.incoming.iterdir()):
            self.incoming.rmdir()

    def recover(self, is_listed: Callable[[str], bool]) -> None:
        """Finish what a stopped run began: settle what the ledger lists, remove what it does not."""
        if not self.incoming.exists():
            return
        waiting = sorted(self.incoming.iterdir())
        for path in waiting:
            if not is_listed(path.name):
                path.unlink()
        self.settle(p.name for p in waiting)

    def delete(self, sha256: str) -> None:
        """Remove the bytes of that digest, wherever they stand."""
        for path in (self.path(sha256), self.incoming / sha256, self.incoming / f"{sha256}.part"):
            path.unlink(missing_ok=True)
        folder = self.path(sha256).parent
        if folder.exists() and not any(folder.iterdir()):
            folder.rmdir()
        if self.root.exists():
            sync_folder(self.root)
