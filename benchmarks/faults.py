"""Crash safety: stop the whole flow at every call that changes the disk, and look at what is left.

usage: faults.py [--json] [--stride N] [--scenario NAME]... [--mode NAME]... [--kills N] [--pairs N]

Three scenarios on a small case: `new` (a first run), `changed` (documents added and removed, other settings) and `withdraw`.
Modes: a call fails once (`ENOSPC`, `EIO`, `EROFS`, `EACCES`) or from there on (`full`, `read-only`), the process is killed
before a call (`kill`) or half-way through a write (`torn`), or killed with everything lost that was not flushed (`power`).
`--stride N` tries every N-th call, 1 all of them. Then `--kills` kills at random moments, runs on a file system that is really
full or read-only where the system lets us mount one, and `--pairs` pairs of runs on one case at once.

What the stages compute from extract on is recorded once and written again by the same calls, and what is read
from Leadline's own folder (codebook, register, versions, descriptions) is read once, so that a run costs what its writes cost;
`--kills` and `--pairs` run everything for real, every run in a process of its own.

After each: the case verifies (or is not there yet), the next run ends, verifies with nothing left over, and every byte of
tables, dossier, originals and settings is that of an undisturbed run. After a withdrawal no file holds its words any more, tables
unpacked and the ledger included. Needs Linux and a C compiler.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import ctypes
import errno
import functools
import gc
import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import msgspec

MISSING = 77  # exit code where the benchmark cannot run here
TEXTS = {
    "one.txt": "Soldiers of the 14th brigade refused an order to attack on Monday, the Harbour Institute said on 3 May 2021.\n\n"
    "“We will not go,” a soldier says in the video released by the institute. “They take us to the basement if we refuse.”",
    "two.txt": "At least 40 conscripts deserted from a training ground near the front in April 2021, according to the ministry.",
}
LATER = {
    "one.txt": TEXTS["one.txt"],
    "three.txt": "The bakery on Mill Street opened a second shop, its owner told the local paper on 5 May 2021.",
}
WITHDRAWN = [TEXTS["two.txt"].encode()[n : n + 16] for n in range(0, len(TEXTS["two.txt"]) - 15, 8)]
COUNT, FAIL_ONCE, FAIL_FROM, KILL, TORN = range(5)
MODES = {
    "ENOSPC": (FAIL_ONCE, errno.ENOSPC),
    "EIO": (FAIL_ONCE, errno.EIO),
    "EROFS": (FAIL_ONCE, errno.EROFS),
    "EACCES": (FAIL_ONCE, errno.EACCES),
    "full": (FAIL_FROM, errno.ENOSPC),
    "read-only": (FAIL_FROM, errno.EROFS),
    "kill": (KILL, 0),
    "torn": (TORN, 0),
    "power": (KILL, 0),
}


def write_heap(folder: Path, texts: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def content(case: Path) -> dict[str, bytes]:
    """Everything of a case that two equal runs have in common: all but the ledger, which holds times of day."""
    kept = [p for part in ("tables", "dossier", "originals") for p in (case / part).rglob("*") if p.is_file()]
    kept += [p for p in (case / "case.toml", case / "verify.py") if p.exists()]
    return {p.relative_to(case).as_posix(): p.read_bytes() for p in kept}


def record(case: Path) -> dict[str, dict[object, list[object]]]:
    """What the stages from extract to estimate wrote, by stage: of each table its groups of rows, since these show in the bytes."""
    import pyarrow.parquet as pq

    from leadline.pipeline import open_case
    from leadline.schema import TABLES

    with open_case(case) as (_, _, engine):
        found: dict[str, dict[object, list[object]]] = {}
        for table in TABLES.values():
            if table.stage in {"extract", "trace", "link", "estimate"}:
                file = pq.ParquetFile(engine.path(table))
                groups = [file.read_row_group(n) for n in range(file.num_row_groups)]
                found.setdefault(table.stage, {})[table] = groups
        return found


def record_pages(case: Path, folder: Path) -> list[tuple[str, str, tuple[object, ...], dict[str, object]]]:
    """What publishing asks of the disk, in its order: the method of `Path`, the path, and what it is given."""
    from leadline.pipeline import open_case
    from leadline.progress import SILENT
    from leadline.publish import publish_dossier

    asked: list[tuple[str, str, tuple[object, ...], dict[str, object]]] = []
    real = {name: getattr(Path, name) for name in ("mkdir", "write_bytes", "write_text")}

    def noting(name: str) -> Callable[..., object]:
        def method(path: Path, *words: object, **more: object) -> object:
            asked.append((name, path.relative_to(folder).as_posix(), words, more))
            return real[name](path, *words, **more)

        return method

    folder.mkdir()
    with open_case(case) as (found, _, engine):
        try:
            for name in real:
                setattr(Path, name, noting(name))
            publish_dossier(engine, found.settings, folder, SILENT)
        finally:
            for name, method in real.items():
                setattr(Path, name, method)
    return asked


def replay_stages(recorded: dict[str, dict[object, list[object]]], pages: list[tuple[str, str, tuple, dict]]) -> None:
    """In this process the stages write what was recorded; what no run changes is read once, in the parent (`warm`)."""
    from leadline import publish
    from leadline.pipeline import FLOW

    def write_pages(engine: object, settings: object, folder: Path, progress: object) -> None:  # noqa: ARG001
        for method, path, words, more in pages:
            getattr(folder / path, method)(*words, **more)

    publish.publish_dossier = write_pages
    withdrawing = importlib.import_module("leadline.custody.withdraw")
    withdrawing.find_remains = lambda *_: iter(())  # it only reads, through the whole case; `check` looks for the words
    for stage in FLOW:
        if stage.name in recorded:
            module, _, function = stage.function.partition(":")

            def write(engine, *_, tables=recorded[stage.name], **__) -> None:
                for table, groups in tables.items():
                    with engine.writer(table) as out:
                        for group in groups:
                            out.write_arrow(group)

            setattr(importlib.import_module(module), function, write)


def warm() -> None:
    """Read what lies outside every case and no run changes once: the code's digests, versions, codebook, register, descriptions."""
    from leadline import codebook, register, schema
    from leadline.pipeline import stale

    for module, name in (
        (codebook, "load_codebook"),
        (register, "read_register"),
        (schema, "describe"),
        (stale, "code_digest"),
        (stale, "_version"),
    ):
        real, once = getattr(module, name), functools.cache(getattr(module, name))
        for other in [m for n, m in sys.modules.items() if n.startswith("leadline") and getattr(m, name, None) is real]:
            setattr(other, name, once)


class Bench:
    """A workspace with the undisturbed result of each scenario; experiments run in forked processes."""

    def __init__(self, folder: Path) -> None:
        from leadline.custody import withdraw
        from leadline.custody.remains import find_remains, sequences
        from leadline.pipeline import recompute, run_case
        from leadline.settings import Settings

        self.folder = folder
        self.problems: list[str] = []
        self.replaying = False
        self.shim = ctypes.CDLL(None)
        self.shim.fault_calls.restype = ctypes.c_long
        heap, later = write_heap(folder / "heap", TEXTS), write_heap(folder / "later", LATER)
        plain = Settings(workers=1, partition_draws=3)
        titled = msgspec.structs.replace(plain, title="Later")
        self.jobs: dict[str, Callable[[Path], object]] = {
            "new": lambda case: run_case([heap], case, plain),
            "changed": lambda case: run_case([later], case, titled),
            "withdraw": lambda case: withdraw(case, "two.txt", "asked", recompute=recompute),
        }
        self.start: dict[str, Path | None] = {"new": None, "changed": folder / "plain", "withdraw": folder / "plain"}
        if self.run("new", folder / "plain")[0]:
            raise SystemExit("the first run failed")
        self.expected, self.calls, self.seconds, self.recorded, self.pages = {}, {}, {}, {}, {}
        for name in self.jobs:
            case = self.fresh(name)
            began = time.monotonic()
            code, self.calls[name] = self.run(name, case)
            self.seconds[name] = time.monotonic() - began
            if code:
                raise SystemExit(f"the undisturbed run of `{name}` failed")
            self.expected[name] = content(case)
            self.recorded[name] = record(case)
            self.pages[name] = record_pages(case, case.parent / "pages")
            if name == "withdraw" and list(find_remains(case, sequences(TEXTS["two.txt"]))):
                raise SystemExit("the undisturbed withdrawal left words")
            shutil.rmtree(case)
        for name in self.jobs:
            case = self.fresh(name)
            _, calls = self.run(name, case, replay=True)
            if content(case) != self.expected[name] or calls != self.calls[name]:
                raise SystemExit(
                    f"the recorded stages of `{name}` do not give the bytes and the {self.calls[name]} calls of a run, but {calls} calls"
                )
            shutil.rmtree(case)

    def fresh(self, scenario: str) -> Path:
        case = Path(tempfile.mkdtemp(dir=self.folder)) / "case"
        before = self.start[scenario]
        if before is not None:
            shutil.copytree(before, case)
        return case

    def run(
        self, scenario: str, case: Path, arm: tuple[int, int, int, str] | None = None, *, replay: bool = False
    ) -> tuple[int, int]:
        """Run a scenario in a process of its own; its exit code (negative: killed, 3: a Leadline error) and its calls."""
        reader, writer = os.pipe()
        pid = self.fork(scenario, case, arm or (0, 0, COUNT, ""), writer, replay=replay)
        os.close(writer)
        said = os.read(reader, 100_000)
        os.close(reader)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if code == 1:
            self.problems.append(f"{scenario} {arm}: not an error of Leadline's own:\n{said.decode(errors='replace')}")
        return code, int(said) if said.isdigit() else 0

    def fork(
        self,
        scenario: str,
        case: Path,
        arm: tuple[int, int, int, str],
        writer: int | None = None,
        *,
        replay: bool = False,
    ) -> int:
        gc.freeze()  # the child's collector is not to walk what libraries of the parent own, which have had threads
        pid = os.fork()
        if pid:
            gc.unfreeze()
            return pid
        code = 1
        try:
            at, number, how, log = arm
            if replay and not self.replaying:
                replay_stages(self.recorded[scenario], self.pages[scenario])
            self.shim.fault_arm(str(case).encode(), ctypes.c_long(at), number, how, log.encode() or None)
            code, said = self.guarded(scenario, case)
            if writer is not None:
                os.write(writer, said.encode())
        finally:
            os._exit(code)

    def again(self, scenario: str, case: Path) -> int:
        """The next run after a stop, in this process, which replays; its exit code."""
        self.shim.fault_arm(str(case).encode(), ctypes.c_long(0), 0, COUNT, None)
        code, said = self.guarded(scenario, case)
        if code:
            self.problems.append(f"{scenario}: {said}")
        return code

    def guarded(self, scenario: str, case: Path) -> tuple[int, str]:
        from leadline.errors import LeadlineError

        try:
            self.jobs[scenario](case)
        except LeadlineError:
            return 3, ""
        except BaseException:
            return 1, traceback.format_exc()[-600:]
        return 0, str(self.shim.fault_calls())

    def check(
        self, scenario: str, case: Path, what: str, *, replay: bool = False, other: dict[str, bytes] | None = None
    ) -> bool:
        """Whether a case that was left somehow verifies, and whether the next run gives the undisturbed bytes (or the `other` ones)."""
        from leadline.custody import verify_case
        from leadline.errors import CaseError

        allowed = (
            {"ok", "unexpected"} if scenario == "withdraw" else {"ok"}
        )  # half-way, the withdrawn content is still there
        with contextlib.suppress(CaseError):  # there is no case yet
            verdict = verify_case(case)
            if verdict.status not in allowed:
                bad = [f for f in verdict.findings if f.status not in {"ok", "leftover", "withdrawn"}]
                self.problems.append(f"{scenario} {what}: does not verify: {bad[:3]}")
                return False
        if self.again(scenario, case) if self.replaying else self.run(scenario, case, replay=replay)[0]:
            self.problems.append(f"{scenario} {what}: the next run failed")
            return False
        verdict = verify_case(case)
        if not verdict.counts().keys() <= {"ok", "withdrawn"}:
            bad = [f for f in verdict.findings if f.status not in {"ok", "withdrawn"}]
            self.problems.append(f"{scenario} {what}: after the next run: {bad[:3]}")
            return False
        now = content(case)
        if now not in (self.expected[scenario], other):
            differ = sorted(
                k for k in now.keys() | self.expected[scenario] if now.get(k) != self.expected[scenario].get(k)
            )
            self.problems.append(f"{scenario} {what}: other bytes in {differ[:5]}")
            return False
        others = [p for p in case.rglob("*") if p.is_file() and p.relative_to(case).as_posix() not in now]
        if scenario == "withdraw" and any(w in p.read_bytes() for p in others for w in WITHDRAWN):
            self.problems.append(f"{scenario} {what}: words of what was withdrawn are left")
            return False
        return True

    # -- the experiments ----------------------------------------------------------------------------------------------

    def strikes(self, scenario: str, mode: str, stride: int) -> tuple[int, int]:
        """Strike at every call, in one process that replays the scenario; how many were tried, how many cases were lost."""
        reader, writer = os.pipe()
        pid = os.fork()
        if not pid:
            code = 1
            try:
                replay_stages(self.recorded[scenario], self.pages[scenario])
                warm()
                self.replaying = True
                good = [self.strike(scenario, mode, at) for at in range(1, self.calls[scenario] + 1, stride)]
                os.write(writer, json.dumps([len(good), good.count(False), self.problems[:20]]).encode())
                code = 0
            finally:
                os._exit(code)
        os.close(writer)
        with os.fdopen(reader, "rb") as f:
            said = f.read()
        if os.waitpid(pid, 0)[1]:
            raise SystemExit(f"{scenario}, {mode}: the bench itself failed")
        tried, lost, problems = json.loads(said)
        self.problems += problems
        return tried, lost

    def strike(self, scenario: str, mode: str, at: int) -> bool:
        """One run that is disturbed at its `at`-th call; whether the case survived."""
        case = self.fresh(scenario)
        how, number = MODES[mode]
        log = str(case.parent / "log") if mode == "power" else ""
        code, _ = self.run(scenario, case, (at, number, how, log), replay=True)
        if mode == "power" and code == -signal.SIGKILL:
            cut_power(Path(log))
        good = code != 1 and self.check(scenario, case, f"{mode} at {at}", replay=True)
        shutil.rmtree(case.parent)
        return good

    def kill(self, scenario: str, rng: random.Random) -> bool:
        case = self.fresh(scenario)
        pid = self.fork(scenario, case, (0, 0, COUNT, ""))
        time.sleep(rng.uniform(0, 1.1 * self.seconds[scenario]))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        good = self.check(scenario, case, "random kill")
        shutil.rmtree(case.parent)
        return good

    def pair(self, rng: random.Random) -> bool:
        """A run, or a withdrawal, and another run with other settings and heap on one case at once: one writes, the other is told so, or follows."""
        scenario = rng.choice(("changed", "withdraw"))
        case = self.fresh(scenario)
        first = self.fork(scenario, case, (0, 0, COUNT, ""))
        time.sleep(rng.uniform(0, self.seconds[scenario]))
        second = self.fork("new", case, (0, 0, COUNT, ""))
        codes = [os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]) for p in (first, second)]
        # a run with another heap that came after a withdrawal stays: withdrawing again does not read the first heap
        other = self.in_turn(scenario, "new") if scenario == "withdraw" and codes == [0, 0] else None
        good = set(codes) <= {0, 3} and 0 in codes
        good = good and self.check(scenario, case, f"two at once, codes {codes}", other=other)
        shutil.rmtree(case.parent)
        return good

    def in_turn(self, first: str, second: str) -> dict[str, bytes]:
        """The bytes after one scenario, then another on the same case, then the first again, none disturbed."""
        case = self.fresh(first)
        for scenario in (first, second, first):
            if self.run(scenario, case)[0]:
                raise SystemExit(f"{first}, {second}, {first} in turn: {scenario} failed undisturbed")
        found = content(case)
        shutil.rmtree(case.parent)
        return found

    def mounted(self, scenario: str, options: str) -> bool | None:
        """A run on a real file system that is too small or read-only; None where we may not mount one."""
        place = Path(tempfile.mkdtemp(dir=self.folder))
        mount = ["mount", "-t", "tmpfs", "-o", options.replace("ro", "size=50m"), "tmpfs", str(place)]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            return None
        case, before = place / "case", self.start[scenario]
        try:
            if before is not None:
                shutil.copytree(before, case)
            if options == "ro":
                subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
            code, _ = self.run(scenario, case, replay=True)
            subprocess.run(["mount", "-o", "remount,rw,size=50m", str(place)], check=True)
            return code != 1 and self.check(scenario, case, f"on {options}", replay=True)
        except OSError:
            return True  # too small for what was there before
        finally:
            subprocess.run(["umount", str(place)], check=True)


def cut_power(log: Path) -> None:
    """Cut every file back to what was flushed of it, as a power cut on a delaying file system does."""
    flushed: dict[str, int] = {}
    dirty: set[str] = set()
    for line in log.read_text(encoding="utf-8").splitlines():
        what, size, path, target = line.split("\t")
        if what == "O" and (int(size) == 0 or path not in flushed):
            flushed[path] = int(size)  # what stood there before is on the disk; only a new file can be lost whole
            if int(size) == 0:
                dirty.add(path)
        elif what == "W":
            dirty.add(path)
        elif what == "S":
            flushed[path] = int(size)
            dirty.discard(path)
        elif what == "T":
            flushed[path] = min(flushed.get(path, int(size)), int(size))
        elif what == "R":
            moved = [p for p in {*flushed, *dirty} if p == path or p.startswith(f"{path}/")]
            for p in moved:
                new = target + p[len(path) :]
                flushed[new] = flushed.pop(p, 0)
                dirty.discard(new)
                if p in dirty:
                    dirty.remove(p)
                    dirty.add(new)
        elif what == "U":
            dirty.discard(path)
    for path in map(Path, dirty):
        size = flushed.get(str(path), 0)
        if path.is_file() and not path.name.endswith("-shm") and path.stat().st_size > size:
            os.truncate(path, size)


def main() -> int:
    """Run the experiments and print how many were tried and how many cases did not survive."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--scenario", action="append", choices=["new", "changed", "withdraw"])
    parser.add_argument("--mode", action="append", choices=list(MODES))
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pairs", type=int, default=20)
    given = parser.parse_args()
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not sys.platform.startswith("linux") or compiler is None:
        print("needs Linux and a C compiler", file=sys.stderr)
        return MISSING
    with tempfile.TemporaryDirectory() as name:
        if "LEADLINE_FAULTS" not in os.environ:  # once more, with the shim before the C library
            shim = Path(name) / "faults.so"
            source = Path(__file__).with_suffix(".c")
            subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"], check=True)
            one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_IO_THREADS"), "1")
            environment = {**os.environ, "LD_PRELOAD": str(shim), "LEADLINE_FAULTS": "1", **one}
            return subprocess.run([sys.executable, __file__, *sys.argv[1:]], env=environment, check=False).returncode
        bench = Bench(Path(name).resolve())
        tried: collections.Counter[str] = collections.Counter()
        lost: collections.Counter[str] = collections.Counter()

        def count(what: str, good: bool | None) -> None:
            if good is not None:
                tried[what] += 1
                lost[what] += not good

        rng = random.Random(20221104)
        scenarios = given.scenario or list(bench.jobs)
        for scenario in scenarios:
            for mode in given.mode or MODES:
                what = f"{scenario}, {mode}"
                tried[what], lost[what] = bench.strikes(scenario, mode, given.stride)
                print(f"{what}: {tried[what]} tried, {lost[what]} lost", file=sys.stderr, flush=True)
                for problem in bench.problems[:20]:
                    print(problem, file=sys.stderr, flush=True)
                bench.problems.clear()
        warm()
        bench.jobs["new"](
            Path(tempfile.mkdtemp(dir=bench.folder)) / "case"
        )  # what follows computes: its models are loaded once
        for n in range(given.kills):
            scenario = scenarios[n % len(scenarios)]
            count(f"{scenario}, killed at random", bench.kill(scenario, rng))
        for scenario in scenarios if given.pairs else ():
            for options in ("ro", *(f"size={k}k" for k in range(4, 600, 8 * given.stride))):
                count("on a small or read-only file system", bench.mounted(scenario, options))
        for _ in range(given.pairs):
            count("two runs at once", bench.pair(rng))
        for problem in bench.problems[:20]:
            print(problem, file=sys.stderr)
        figures = {f"calls, {s}": bench.calls[s] for s in scenarios}
        figures |= {"stops tried": tried.total(), "cases lost": lost.total()}
        if given.json:
            print(json.dumps({**figures, **{f"tried: {k}": v for k, v in tried.items()}}))
        else:
            for k, v in tried.items():
                print(f"{k}: {v} tried, {lost[k]} lost")
            print(", ".join(f"{k} {v}" for k, v in figures.items()))
        return 0 if given.json or not lost.total() else 1


if __name__ == "__main__":
    sys.exit(main())
