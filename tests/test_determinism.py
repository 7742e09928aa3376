"""Same heap, same version: the same bytes, whoever runs it, where, in what order; and nothing asks the network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


def run(script, *words):
    done = subprocess.run([sys.executable, BENCHMARKS / script, "--json", *words], capture_output=True, text=True, check=False)  # fmt: skip
    if done.returncode == 77:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.mark.slow
def test_determinism_of_the_whole_flow(tmp_path):
    figures, said = run("determinism.py", "--small")
    assert figures["files that differ"] == 0, said
    assert figures["runs compared"] >= 3
    assert figures["calls to the network"] == 0, said


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the shim is for Linux")
def test_faults_sampled(tmp_path):
    """A few of the stops that `benchmarks/faults.py` tries everywhere."""
    figures, said = run("faults.py", "--scenario", "changed", "--mode", "kill", "--mode", "full", "--mode", "power", "--stride", "90", "--kills", "1", "--pairs", "1")  # fmt: skip
    assert figures["cases lost"] == 0, said
    assert figures["stops tried"] > 12


@pytest.mark.slow
def test_bitflips_sampled(tmp_path):
    figures, said = run("bitflips.py", "--sample", "40")
    assert figures["flips unnoticed"] == 0, said
    assert figures["not named alone by both"] == 0, said
    assert figures["files"] > 30
