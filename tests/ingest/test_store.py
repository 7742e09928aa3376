"""Originals: right bytes at the right place or not at all."""

from __future__ import annotations

import os

import pytest

from leadline.errors import CaseError
from leadline.ingest.store import Originals, digest


def test_store_settles_bytes_under_their_digest_read_only(tmp_path):
    store = Originals(tmp_path)
    name = store.receive(b"they refused")
    assert not store.path(name).exists()
    store.settle([name])
    assert store.path(name).read_bytes() == b"they refused"
    assert store.path(name) == tmp_path / name[:2] / name
    assert store.path(name).stat().st_mode & 0o222 == 0


def test_store_recovery_settles_what_is_listed_and_sweeps_the_rest(tmp_path):
    store = Originals(tmp_path)
    listed, unlisted = store.receive(b"one"), store.receive(b"two")
    (store.incoming / "half.part").write_bytes(b"thr")
    store.recover(lambda name: name == listed)
    assert store.path(listed).exists()
    assert not store.path(unlisted).exists()
    assert not store.incoming.exists()


def test_store_takes_the_same_bytes_once(tmp_path):
    store = Originals(tmp_path)
    store.settle([store.receive(b"one")])
    assert store.receive(b"one") == digest(b"one")
    assert not store.incoming.exists()


def test_store_full_disk_is_a_case_error_and_leaves_no_part_in_place(tmp_path, monkeypatch):
    store = Originals(tmp_path)

    def full(fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CaseError, match="No space left"):
        store.receive(b"one")
    assert not store.path(digest(b"one")).exists()


def test_store_delete_removes_every_trace(tmp_path):
    store = Originals(tmp_path)
    name = store.receive(b"one")
    store.settle([name])
    store.receive(b"two")
    store.delete(name)
    store.delete(digest(b"two"))
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]
