"""The dossier in a real browser with the network off: nothing is requested, nothing is complained about."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from publish_heap import tables

from leadline.progress import SILENT
from leadline.publish import publish_dossier
from leadline.settings import Settings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND",
]


@pytest.fixture(scope="module")
def dossier(tmp_path_factory):
    from leadline.engine.duckdb import DuckDBEngine
    from leadline.schema import TABLES

    folder = tmp_path_factory.mktemp("browser")
    engine = DuckDBEngine(folder / "tables", {})
    found = tables()
    for stage in ("ingest", "extract", "trace", "link", "estimate"):
        engine.begin(stage)
        for t in (t for t in TABLES.values() if t.stage == stage):
            engine.write(t, found.get(t, []))
        engine.seal(stage, stage * 4)
        engine.commit(stage, stage * 4)
    (folder / "dossier").mkdir()
    publish_dossier(engine, Settings(shipped_register=False), folder / "dossier", SILENT)
    return folder / "dossier"


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the browser test needs one")
@pytest.mark.parametrize("pattern", ["index.html", "incidents/*.html", "documents/*.html", "methods.html"])
def test_browser_page_opens_without_requests_or_complaints(dossier, tmp_path, pattern):
    page = next(iter(sorted(dossier.glob(pattern))))
    log = tmp_path / "net.json"
    done = subprocess.run(
        [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", f"--log-net-log={log}", "--enable-logging=stderr", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert "Internal, not for publication." in done.stdout
    assert "CONSOLE" not in done.stderr
    text = log.read_text(encoding="utf-8")
    events = json.loads(text if text.rstrip().endswith("}") else text.rstrip().rstrip(",") + "]}")["events"]
    asked = {e.get("params", {}).get("url", "") for e in events}
    assert {u for u in asked if u.startswith(("http:", "https:", "ws:")) and ("localhost" not in u)} - _own(
        asked
    ) == set()


def _own(asked: set[str]) -> set[str]:
    """Requests of the browser itself (component and account services), which no page causes."""
    return {
        u for u in asked if any(host in u for host in ("google.com/", "googleapis.com/", "gvt1.com/", "gstatic.com/"))
    }
