"""What the scripts and benchmarks import of Leadline is there: they run outside of the tests, so a moved module would break them unseen."""

import ast
import importlib

import pytest
from benchmark_modules import ROOT

TOOLS = sorted([*(ROOT / "scripts").glob("*.py"), *(ROOT / "benchmarks").glob("*.py")])


def imports(source):
    """Module and name of every import of Leadline in a source; the name is None for a whole module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "leadline":
            yield from ((node.module, a.name) for a in node.names)
        elif isinstance(node, ast.Import):
            yield from ((a.name, None) for a in node.names if a.name.split(".")[0] == "leadline")


def missing(source):
    """The imports of a source that do not hold."""
    for module, name in imports(source):
        try:
            found = importlib.import_module(module)
            if name is not None and not hasattr(found, name):
                importlib.import_module(f"{module}.{name}")
        except ImportError:
            yield f"{module}: {name}"


@pytest.mark.parametrize("path", TOOLS, ids=lambda p: p.name)
def test_every_import_holds(path):
    assert list(missing(path.read_text(encoding="utf-8"))) == []


def test_a_moved_module_is_seen():
    source = "import leadline.gone\nfrom leadline.extract.claims import coder\nfrom leadline.errors import InputError"
    assert list(missing(source)) == ["leadline.gone: None", "leadline.extract.claims: coder"]
