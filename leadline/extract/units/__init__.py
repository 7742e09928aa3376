"""Military units: numbered units in one canonical form, named formations, military unit numbers, and their side.

"1306 Regiment", "the 1,306th regiment" and "1306th Motorised Rifle Regiment" are one unit, "1306th regiment". The text is
read, not the parser's tokens, which split numbers and names differently from spelling to spelling. See
docs/numbers-and-units.md.
"""

from leadline.extract.units.finder import find_units
from leadline.extract.units.reading import UnitReading

__all__ = ["UnitReading", "find_units"]
