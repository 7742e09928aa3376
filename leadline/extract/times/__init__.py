"""Times: finding the expressions of a text and placing them on the calendar.

    words → meaning (grammar in passes) → days (document date, tense, what was mentioned before) → intervals

See docs/times.md for the method, its references and its measured figures.
"""

from leadline.extract.times.finder import find_times
from leadline.extract.times.reading import TimeReading, time_interval

__all__ = ["TimeReading", "find_times", "time_interval"]
