"""Numbers: how many of what, with the bounds that the words give.

    items of the text → what is no count is blanked → quantities, ranges, bounds → what is counted

See docs/numbers-and-units.md.
"""

from leadline.extract.numbers.finder import NumberReading, as_number, find_numbers

__all__ = ["NumberReading", "as_number", "find_numbers"]
