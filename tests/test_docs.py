"""Documentation is tested: examples run, generated pages are current, links resolve, commands exist, nothing public is undocumented."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import leadline
from leadline.cli import main as cli

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md"), *ROOT.glob("eval/**/*.md")]
)
MODULES = sorted(m.name for m in pkgutil.walk_packages(leadline.__path__, "leadline.") if m.name != "leadline.__main__")


@pytest.mark.parametrize("name", MODULES)
def test_docs_examples_in_docstrings_run(name):
    module = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    assert result.failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_docs_everything_public_has_a_docstring(name):
    path = Path(importlib.import_module(name).__file__ or "")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    missing = [] if ast.get_docstring(tree) else ["the module"]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                missing.append(node.name)
            if isinstance(node, ast.ClassDef):
                missing += [
                    f"{node.name}.{f.name}"
                    for f in node.body
                    if isinstance(f, ast.FunctionDef) and not f.name.startswith("_") and not ast.get_docstring(f)
                ]
    assert not missing, f"{name}: no docstring on {', '.join(missing)}"


def test_docs_generated_pages_are_current():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "generate_docs.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_docs_links_resolve(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [t for t in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:|#", t)]
    broken = [t for t in targets if not (page.parent / t.partition("#")[0]).exists()]
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_docs_commands_that_are_named_exist(page):
    blocks = re.findall(r"```(?:sh|bash|console|shell)?\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for line in "\n".join(blocks).replace("\\\n", " ").splitlines():
        words = (
            shlex.split(line.strip().removeprefix("$ "), comments=True) if re.match(r"\s*(\$ )?leadline ", line) else []
        )
        if not words:
            continue
        command = cli.commands.get(words[1]) if not words[1].startswith("-") else cli
        assert command is not None, f"{page.name}: {line.strip()}: no such command"
        options = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help", "-h", "--version"}
        for word in words[2:]:
            if word.startswith("--"):
                assert word.partition("=")[0] in options, f"{page.name}: {line.strip()}: no option {word}"


def test_docs_no_path_of_one_machine_stands_in_the_repository():
    tracked = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("not a git checkout: what is tracked is unknown")
    pattern = re.compile(rb"/(root|home)/[a-z]+/")
    found = [
        n
        for n in tracked.stdout.split("\0")
        if n
        and n != "tests/test_docs.py"
        and (ROOT / n).is_file()
        and (ROOT / n).suffix not in {".parquet", ".npz", ".gz"}
        and pattern.search((ROOT / n).read_bytes())
    ]
    assert not found
