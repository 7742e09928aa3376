"""What `leadline estimate TABLE` writes: the object of the contract, pictures, a page; whole or not at all."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace

import msgspec
import pytest

from leadline.errors import DependencyError, InputError
from leadline.estimate.analysis import analyse
from leadline.estimate.command import render, run_command, to_arrow, to_json, write_whole
from leadline.estimate.datasets import shipped, sources
from leadline.estimate.options import MODELS, Options
from leadline.estimate.reading import read_histories

EXACT = tuple(m for m in MODELS if m != "latent-class")


@pytest.fixture(scope="module")
def korea():
    return analyse(shipped("korea"), Options(draws=200, time_limit=20, rungs=1, ess_target=400))


def test_command_json_is_the_contract(tmp_path):
    path = tmp_path / "out.json"
    run_command(shipped("korea"), json=path, models=EXACT)
    found = json.loads(path.read_text())
    assert {
        "observed",
        "lists",
        "estimable",
        "reasons",
        "range",
        "models",
        "settings",
        "versions",
        "input_sha256",
    } <= set(found)
    assert found["observed"] == 123
    assert found["lists"] == ["b", "c", "d"]
    assert set(found["range"]) == {"lower", "upper"}
    assert [m["name"] for m in found["models"]] == list(EXACT)
    for m in found["models"]:
        assert {"name", "assumption", "n_hat", "lower", "upper", "level", "diagnostics"} <= set(m)
        assert m["lower"] <= m["n_hat"] <= m["upper"]
    assert found["settings"]["seed"] == 20221104
    assert {"leadline", "numpy", "scipy"} <= set(found["versions"])
    assert re.fullmatch(r"[0-9a-f]{64}", found["input_sha256"])


def test_command_all_models_and_latent_diagnostics(korea):
    by_name = {m.name: m for m in korea.estimate.models}
    assert tuple(by_name) == MODELS
    latent = by_name["latent-class"]
    assert latent.diagnostics["rhat"] <= 1.01
    assert latent.diagnostics["ess"] >= 400
    assert 132 < latent.n_hat < 144  # LCMCR 138
    assert {"xi", "n_hat", "lower", "upper"} == set(latent.diagnostics["tilt"]["curve"][0])
    assert len(by_name["decomposable"].diagnostics["prior_sensitivity"]) >= 4
    assert len(by_name["decomposable"].diagnostics["missed_matches"]) == 4
    assert [w["without"] for w in by_name["independence"].diagnostics["leave_one_list_out"]] == ["b", "c", "d"]


def test_command_same_input_same_bytes():
    options = Options(draws=150, models=EXACT)
    one, two = (to_json(analyse(shipped("korea"), options)) for _ in range(2))
    assert one == two


def test_command_threads_are_no_setting_of_the_result(korea):
    assert "threads" not in korea.estimate.settings


def test_command_text_never_prints_one_interval_alone(korea):
    text = render(korea)
    assert "N by assumption" in text
    for m in korea.estimate.models:
        assert m.name in text
        assert m.assumption in text


def test_command_says_on_every_row_of_a_refused_estimate_that_it_is_none(korea):
    from leadline.estimate.report import page

    assert "not an estimate" not in render(korea) + page(korea, title="x")
    refused = msgspec.structs.replace(korea.estimate, estimable=False, range=None)
    text = render(replace(korea, estimate=refused))
    assert "no figure here counts as an estimate" in text
    assert text.count("  not an estimate") == len(refused.models)
    html = page(replace(korea, estimate=refused), title="x")
    assert "N by identifying assumption: no figure here counts as an estimate</h2>" in html
    assert html.count(">not an estimate<") == len(refused.models)


def test_command_text_says_what_moves_each_number(korea):
    text = render(korea)
    assert "N by assumption (95 % intervals):" in text
    assert "Without one list (independence): b " in text
    assert "If the odds of being unseen were other than latent-class says: 0.5 times" in text
    assert "Other prior weight delta of a cell (decomposable): 0.03125" in text


def test_command_strata_stand_in_text_and_page_with_their_sum(tmp_path):
    from leadline.estimate.report import page

    cells = {"1,1,1": 20, "1,1,0": 40, "1,0,1": 30, "0,1,1": 25, "1,0,0": 60, "0,1,0": 50, "0,0,1": 45}
    rows = [f"{k},{place},{v * times}" for place, times in (("north", 1), ("south", 2)) for k, v in cells.items()]
    path = tmp_path / "strata.csv"
    path.write_text("A,B,C,place,count\n" + "\n".join([*rows, "1,0,0,west,3", "0,1,0,west,2", "0,0,1,west,4"]) + "\n")
    found = analyse(path, Options(draws=150, models=EXACT), strata=["place"])
    text, html = render(found), page(found, title="strata")
    for stratum in ("north", "south"):
        assert f"Stratum {stratum}: " in text
    assert "Stratum west: not estimable (9 observed" in text
    assert "Sum over 3 strata, pooled (decomposable): " in text
    assert "from the other strata alone" in text
    assert "sum, from joint draws" in html
    assert "too sparse for a fit of its own" in html


def test_command_a_posterior_with_two_peaks_shows_both_in_the_picture(korea):
    figure = pytest.importorskip("matplotlib.figure").Figure()
    from leadline.estimate.plots import forest

    peaked = []
    for o in korea.outcomes:
        if o.estimate.name == "latent-class":
            modes = [{"n_hat": 130.0, "share": 0.31}, {"n_hat": 190.0, "share": 0.69}]
            more = {"bimodal": True, "converged": False, "modes": modes}
            latent = msgspec.structs.replace(
                o.estimate, n_hat=None, lower=None, upper=None, diagnostics=o.estimate.diagnostics | more
            )
            peaked.append(replace(o, estimate=latent, failures=("not converged",)))
        else:
            peaked.append(o)
    ax = figure.subplots()
    forest(ax, replace(korea, outcomes=tuple(peaked)))
    assert {"31%", "69%"} <= {t.get_text() for t in ax.texts}
    assert "Latent classes\n(not converged)" in [t.get_text() for t in ax.get_yticklabels()]
    assert [130.0] in [list(line.get_xdata()) for line in ax.lines]


def test_command_arrow(korea):
    table = to_arrow([korea.estimate])
    assert table.num_rows == len(MODELS)
    assert table.column("model").to_pylist() == list(MODELS)


def test_command_pictures_and_page(tmp_path, korea):
    pytest.importorskip("matplotlib")
    from leadline.estimate.plots import overview
    from leadline.estimate.report import page

    svg, again = overview(korea, "svg"), overview(korea, "svg")
    assert svg == again
    assert b"<svg" in svg
    assert overview(korea, "png").startswith(b"\x89PNG")
    text = page(korea, title="<korea> & co")
    assert "&lt;korea&gt; &amp; co" in text
    assert "<script" not in text
    assert not re.search(r"(src|href)=[\"']?https?:", text)
    assert text.count("<svg") == 5
    for m in korea.estimate.models:
        assert m.name in text


def test_command_refuses_outputs_before_it_computes(tmp_path):
    with pytest.raises(InputError, match=r"\.svg or \.png"):
        run_command(shipped("korea"), plot=tmp_path / "x.pdf")
    with pytest.raises(InputError, match="cannot be written"):
        run_command(shipped("korea"), json=tmp_path / "absent" / "x.json")
    with pytest.raises(InputError, match="cannot be written"):
        run_command(shipped("korea"), html=tmp_path)
    table = tmp_path / "lists.csv"
    table.write_bytes(shipped("korea").read_bytes())
    with pytest.raises(InputError, match="would replace the table"):
        run_command(table, json=table)
    assert table.read_bytes() == shipped("korea").read_bytes()
    with pytest.raises(InputError, match="two results would go into one file"):
        run_command(table, json=tmp_path / "x", html=tmp_path / "x")
    with pytest.raises(InputError, match="no model is called"):
        run_command(shipped("korea"), models=["best"])
    with pytest.raises(InputError, match="level"):
        run_command(shipped("korea"), level=1.5)


def test_command_without_matplotlib_says_so_before_it_computes(tmp_path, monkeypatch):
    monkeypatch.setattr("leadline.estimate.plots.find_spec", lambda name: None)
    monkeypatch.setattr("leadline.estimate.command.analyse", lambda *a, **k: pytest.fail("it computed"))
    with pytest.raises(DependencyError, match="matplotlib is not installed"):
        run_command(shipped("korea"), plot=tmp_path / "x.svg")


def test_command_interrupted_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "out.json"
    path.write_text("old")

    def stop(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.json"]


def test_import_is_cheap_and_needs_no_numba():
    code = (
        "import sys, time; t = time.perf_counter(); import leadline.estimate; "
        "assert time.perf_counter() - t < 0.5; "
        "assert not {'numba', 'matplotlib', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_works_without_numba_and_says_so():
    code = (
        "from leadline.estimate import estimate_table, Options\n"
        "from leadline.estimate.datasets import shipped\n"
        "e = estimate_table(shipped('korea'), Options(draws=100, time_limit=0.5, sensitivity=False,\n"
        "    models=('loglinear-bic', 'latent-class')))\n"
        "by = {m.name: m for m in e.models}\n"
        "assert abs(by['loglinear-bic'].n_hat - 157.16667) < 1e-4\n"
        "latent = by['latent-class']\n"
        "assert latent.n_hat is not None or 'numba' in ' '.join(latent.diagnostics['failures'])\n"
        "assert 'slower' in e.versions['numba']\n"
    )
    env = {"LEADLINE_WITHOUT_NUMBA": "1", "PATH": ""}
    subprocess.run([sys.executable, "-c", code], check=True, env=env)


def test_datasets_have_a_source_and_are_readable():
    for name, source in sources().items():
        assert {"what", "cite", "read_from"} == set(source)
        if name != "artificial3":
            read_histories(shipped(name))
    with pytest.raises(InputError, match="no shipped table"):
        shipped("atlantis")
