"""A long report is read in a time in proportion to its length."""

from __future__ import annotations

import time

import pytest
from benchmark_modules import benchmark

from leadline.extract.reading import Resources, read_documents
from leadline.schema import Document
from leadline.settings import Settings

SHORT, TIMES = 1_500, 4
MOST = 5.6
"""Seconds of a report of four times the words over those of the short one: 4.2 here, 7 where each claim is asked of the whole text."""


@pytest.fixture(scope="module")
def seconds():
    resources = Resources.of(Settings())

    def reading(text: str) -> float:
        began = time.process_time()
        (read,) = read_documents([Document(document="a", sha256="", text=text, series="", language="en")], resources)
        assert read.unread is None
        assert len(read.claims) > len(text.split()) / 40
        return time.process_time() - began

    reading(benchmark("long_report").report(300))
    return reading


@pytest.mark.slow
def test_a_report_four_times_as_long_takes_four_times_the_time(seconds):
    short, long = (benchmark("long_report").report(n) for n in (SHORT, SHORT * TIMES))
    assert seconds(long) / min(seconds(short), seconds(short)) < MOST
