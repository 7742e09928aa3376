"""Settings: one list of name, default, help; files are relative to themselves."""

from __future__ import annotations

import pytest

from leadline.errors import InputError
from leadline.pipeline import STAGES
from leadline.schema import describe
from leadline.settings import Settings, concerning, load_settings


def test_settings_all_are_described():
    assert all(about for _, _, about in describe(Settings))


def test_settings_each_concerns_known_stages_only():
    known = {name for stage in STAGES for name in concerning(stage, Settings())}
    assert known == {name for name, _, _ in describe(Settings)} - {"workers", "batch_size"}


def test_settings_file_names_are_relative_to_the_file(tmp_path):
    (tmp_path / "x.toml").write_text('meta = "meta.csv"\nregisters = ["r.toml"]\n')
    found = load_settings(tmp_path / "x.toml")
    assert found.meta == str(tmp_path / "meta.csv")
    assert found.registers == (str(tmp_path / "r.toml"),)
    assert not found.codebook


@pytest.mark.parametrize(
    ("text", "message"), [("sead = 1", "sead"), ('seed = "x"', r"\$\.seed"), ("seed =\nseed", "line 1")]
)
def test_settings_errors_name_the_place(tmp_path, text, message):
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(InputError, match=message):
        load_settings(tmp_path / "x.toml")
