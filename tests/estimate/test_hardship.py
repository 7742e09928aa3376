"""`leadline estimate FILE.csv` as a user meets it when the table, the machine or the user's patience is at its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from leadline import compiled
from leadline.estimate.datasets import shipped

needs_numba = pytest.mark.skipif(not compiled.have_numba(), reason="numba is not installed")
FAST = ["--models", "independence,chao,coverage,loglinear-bic,loglinear-stepwise,decomposable"]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "leadline", "estimate", *arguments]


def estimate(path: Path, text: str, *more: str) -> tuple[subprocess.CompletedProcess, dict]:
    """Run the command on a table; what it said, and the JSON it wrote (empty where it wrote none)."""
    path.write_text(text)
    out = path.with_suffix(".json")
    done = subprocess.run(
        command(str(path), "--json", str(out), *(more or FAST)), capture_output=True, text=True, check=False
    )
    return done, json.loads(out.read_text()) if out.exists() else {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A,B,C,count\n", ["there is no row"]),
        ("A,B,C,count\n1,1,0,0\n0,1,1,0\n", ["all counts are 0"]),
        ("A,B,C,count\n1,1,0,1\n", ["column C", "no record", "remove the column"]),
        ("A,B,C,count\n1,1,1,57\n", ["all 57 records are on the same lists"]),
        ("A,B,C,count\n1,1,0,30\n1,0,1,20\n1,0,0,7\n", ["column A", "holds all 57 records"]),
        ("A,B,count\n1,1,3\n1,0,x\n", ["row 3", "column count", "'x'"]),
    ],
)
def test_hardship_no_capture_history(tmp_path, text, words):
    done, found = estimate(tmp_path / "t.csv", text)
    assert done.returncode == 2
    assert not found
    assert "Traceback" not in done.stderr
    for word in (str(tmp_path / "t.csv"), *words):
        assert word in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A,B,C,count\n1,0,0,50\n0,1,0,40\n0,0,1,30\n", ["all 120 are on one list only"]),
        (
            "Police,Press,Church,count\n1,1,0,20\n1,0,0,50\n1,0,1,12\n1,1,1,4\n0,0,1,33\n",
            ["Police contains the whole list Press", "Leave Press out"],
        ),
        (
            "A,B,C,count\n1,1,0,1\n1,0,0,4000\n0,1,0,3000\n0,0,1,2000\n1,0,1,1\n",
            ["Only 2 of 9002 records", "differ by a factor of"],
        ),
        ("A,B,count\n1,1,20\n1,0,50\n0,1,40\n", ["fewer than 3 nothing tells dependence"]),
    ],
)
def test_hardship_refusals_say_why_and_what_would_help(tmp_path, text, words):
    done, found = estimate(tmp_path / "t.csv", text)
    assert done.returncode == 0
    assert found["estimable"] is False
    assert found["range"] is None
    assert found["models"]
    said = " ".join(found["reasons"])
    assert "What would change it" in said
    for word in words:
        assert word in said
    assert "not estimable" in done.stdout


@pytest.mark.parametrize("times", [10**7, 10**9])
def test_hardship_counts_of_a_billion(tmp_path, times):
    """Every posterior and interval stays in place where sums of logarithms of factorials have lost their last digits."""
    cells = {"1,1,1": 6, "1,1,0": 14, "1,0,1": 9, "0,1,1": 6, "1,0,0": 21, "0,1,0": 14, "0,0,1": 9}
    text = "A,B,C,count\n" + "".join(f"{k},{v * times}\n" for k, v in cells.items())
    _, found = estimate(tmp_path / "t.csv", text)
    assert found["estimable"]
    assert 0.9997 < found["range"]["lower"] / (100 * times) < 1 < found["range"]["upper"] / (100 * times) < 1.0003
    by_name = {m["name"]: m for m in found["models"]}
    for end in ("lower", "upper"):
        assert by_name["decomposable"][end] == pytest.approx(by_name["independence"][end], rel=1e-7)


def test_hardship_forty_lists(tmp_path):
    rows = [{(7 * i) % 40, (11 * i + i // 3) % 40} for i in range(1, 200)]
    names = [f"L{j}" for j in range(40)]
    text = ",".join(names) + "\n" + "".join(",".join(str(int(j in r)) for j in range(40)) + "\n" for r in rows)
    _, found = estimate(tmp_path / "t.csv", text, "--models", "independence,chao,loglinear-bic,coverage")
    by_name = {m["name"]: m for m in found["models"]}
    assert by_name["independence"]["n_hat"] > found["observed"]
    assert "there are 40" in " ".join(by_name["loglinear-bic"]["diagnostics"]["failures"])


@needs_numba
def test_hardship_no_time_no_number_but_the_trace_and_both_peaks(tmp_path):
    """The Netherlands table has two rooms; in the seconds given here the chains cannot weigh them.

    With the usual seed all four chains may stay in one room, on some processors and not on others: the seed is one whose chains part early.
    """
    out = tmp_path / "n.json"
    subprocess.run(
        command(
            str(shipped("netherlands5")), "--models", "chao,latent-class", "--time-limit", "1", "--seed", "5", "--json", str(out),
            "--plot", str(tmp_path / "n.svg"),
        ),
        check=True, capture_output=True,
    )  # fmt: skip
    found = json.loads(out.read_text())
    latent = next(m for m in found["models"] if m["name"] == "latent-class")
    assert latent["n_hat"] is None
    assert "not converged" in " ".join(latent["diagnostics"]["failures"])
    assert latent["diagnostics"]["bimodal"]
    assert min(m["n_hat"] for m in latent["diagnostics"]["modes"]) < 75_000
    assert max(m["n_hat"] for m in latent["diagnostics"]["modes"]) > 110_000
    assert (tmp_path / "n.svg").stat().st_size > 10_000


@needs_numba
def test_hardship_interrupt_leaves_nothing_half_written(tmp_path):
    kept = tmp_path / "out.json"
    kept.write_text("old")
    # a job in the background is started deaf to the signal; this one listens
    listening = (
        "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "runpy.run_module('leadline', run_name='__main__')"
    )
    given = [str(shipped("netherlands5")), "--models", "chao,latent-class", "--time-limit", "600", "--json", str(kept)]
    given += ["--html", str(tmp_path / "out.html"), "--plot", str(tmp_path / "out.svg")]
    run = subprocess.Popen([sys.executable, "-c", listening, "estimate", *given], stderr=subprocess.PIPE, text=True)
    try:
        time.sleep(8)
        assert run.poll() is None
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=90)
    finally:
        run.kill()
    assert run.returncode not in (0, None)
    assert "Traceback" not in said
    assert kept.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.json"]


@needs_numba
def test_hardship_no_place_for_compiled_loops(tmp_path):
    """Neither beside the module nor in the home folder can a cache be written: compiled anew, same number."""
    (tmp_path / "loops.py").write_text(
        "from leadline.compiled import jit\n\n@jit\ndef total(x: float) -> float:\n    return 2.0 * x\n\nprint(total(21.0))\n"
    )
    (tmp_path / "__pycache__").write_text("a file where a folder should be")
    nowhere = str(tmp_path / "__pycache__" / "absent")
    env = {k: v for k, v in os.environ.items() if not k.startswith("NUMBA_")} | {
        "HOME": nowhere, "XDG_CACHE_HOME": nowhere, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", "import loops"], env=env, capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "42.0"
