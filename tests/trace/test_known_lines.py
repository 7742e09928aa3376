"""The heaps with a known number of lines, as the benchmark reads and copies them."""

from __future__ import annotations

from benchmark_modules import benchmark

lines = benchmark("lines")


def test_heaps_passages_stand_in_their_texts_without_marks(tmp_path):
    for k, heap in enumerate(lines.read_heaps()):
        passages = lines.lay_out(heap, tmp_path / str(k))
        for p in passages:
            text = (tmp_path / str(k) / "documents" / p.document).read_text(encoding="utf-8")
            assert text.count(p.quote) == 1, (heap["name"], p.quote)
            assert "[[" not in text


def test_heaps_a_copy_adds_no_true_line(tmp_path):
    heap = next(h for h in lines.read_heaps() if h["name"].startswith("two videos"))
    once, twice = lines.lay_out(heap, tmp_path / "a"), lines.lay_out(lines.copied(heap), tmp_path / "b")
    assert len(twice) == 2 * len(once)
    assert lines.true_lines(*once) == lines.true_lines(*twice) == 2
