"""Put Leaflet into the package: the dossier's map needs it, and a dossier loads nothing.

usage: take_leaflet.py [TARBALL]

Takes `leaflet` 1.9.4 from the npm registry (or the tarball named), checks its SHA-256, and writes script, style sheet and licence to
`leadline/publish/data/leaflet/`. Two things are left out, since nothing may load: the address of the source map, and the declarations
that name pictures (of controls that the dossier does not use). Leaflet stands under the BSD 2-Clause License.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "leaflet@1.9.4"
SHA256 = "84c65a256e50657896f54c33bd857b6849ebe94c817803be818bf32a3dde0b77"
TARGET = Path(__file__).resolve().parent.parent / "leadline" / "publish" / "data" / "leaflet"


def taken(tarball: Path) -> dict[str, bytes]:
    """The three files as they are kept."""
    if hashlib.sha256(tarball.read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{tarball} is not {PACKAGE}: its SHA-256 differs from the pinned one")
    with tarfile.open(tarball) as tar:

        def read(name: str) -> str:
            file = tar.extractfile(f"package/{name}")
            assert file is not None
            return file.read().decode()

        script, style, licence = read("dist/leaflet.js"), read("dist/leaflet.css"), read("LICENSE")
    script = re.sub(r"\n//# sourceMappingURL=.*\s*$", "\n", script)
    style = re.sub(r"[ \t]*[a-z-]+: url\([^)]*\);\n?", "", style)
    return {"leaflet.js": script.encode(), "leaflet.css": style.encode(), "LICENSE": licence.encode()}


def main() -> None:
    """Write the files."""
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 1:
            tarball = Path(sys.argv[1])
        else:
            subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            tarball = next(Path(folder).glob("*.tgz"))
        files = taken(tarball)
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (TARGET / name).write_bytes(data)
    print(", ".join(f"{name} {len(data) / 1000:.0f} kB" for name, data in files.items()))


if __name__ == "__main__":
    main()
