"""Bytes to text: which encoding, or what the file is instead of text.

Unicode with a mark, strict UTF-8 and UTF-16 without a mark are recognised by rule. For one-byte encodings every
candidate is read and judged by what a misreading leaves behind: symbols inside words, two scripts in one word, capitals
after small letters, rows of accented letters, rare letters. charset-normalizer is asked where none of them convinces.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import msgspec

SAMPLE = 60_000  # bytes looked at to choose between one-byte encodings
ONE_BYTE = (
    "cp1252",
    "cp1251",
    "koi8-u",
    "cp1250",
    "iso8859-2",
    "cp866",
    "iso8859-5",
    "mac-cyrillic",
)  # ties go to the first
LABELS = {"koi8-u": "koi8-r"}  # KOI8-U is KOI8-R with four more letters
CONVINCING = 0.7  # penalty per high character; right readings of news texts stay under .3, wrong ones above 1
TIE = 0.1  # readings this close in penalty are equally good; then a page's own declaration counts
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
    (b"{\\rtf", "a rich-text document (RTF)"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"BM", "a bitmap image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"RIFF", "a RIFF file (WebP image, WAV sound or AVI video)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\x7fELF", "a Linux program"),
    (b"MZ", "a Windows program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\xca\xfe\xba\xbe", "a Java class or macOS program"),
    (b"\x00asm", "a WebAssembly program"),
    (b"OggS", "an Ogg sound or video"),
    (b"ID3", "an MP3 sound"),
    (b"fLaC", "a FLAC sound"),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM video"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet table"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
    (b"%!PS", "a PostScript document"),
)
TEXTUAL = ("BM", "MZ", "ID3", "BZh", "PAR1", "RIFF", "OggS")  # marks that a text could begin with


class UnreadableError(Exception):
    """An item that is refused. `rule` is a short name for the ledger, the message is for people."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule


class Decoded(msgspec.Struct, frozen=True):
    """A text, its encoding, and how many characters had to be replaced by U+FFFD."""

    text: str
    encoding: str
    replaced: int = 0


def decode(data: bytes, hint: str | None = None) -> Decoded:
    r"""Decode the bytes of a text file; `hint` is an encoding that the file itself declares.

    Line ends become `\n`. A NUL, and a byte that cannot be read in an otherwise sound text, becomes U+FFFD, so that
    nothing disappears without a trace.

    Raises `UnreadableError` for empty files and for files that are something else than text.

    >>> decode("Вони відмовились іти вперед.".encode("cp1251")).encoding
    'cp1251'
    >>> decode(b"%PDF-1.7 ...")
    Traceback (most recent call last):
    leadline.ingest.decode.UnreadableError: it is a PDF, not a text; save it as text or HTML
    """
    if not data.strip(b" \t\r\n\x0b\x0c\x00"):
        raise UnreadableError("empty", "the file is empty" if not data else "the file holds nothing but blanks")
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _finish(_lossy(data[len(mark) :], encoding))
    _refuse_binary(data)
    if hint and (declared := _declared(data, hint)):
        return _finish(declared)
    return _finish(_utf16(data) or _utf8(data) or _one_byte(data))


def _refuse_binary(data: bytes) -> None:
    for signature, what in SIGNATURES:
        if data.startswith(signature) and not (signature.decode("latin-1") in TEXTUAL and _looks_like_text(data)):
            raise UnreadableError("binary", f"it is {what}, not a text; save it as text or HTML")
    if data[4:8] == b"ftyp":
        raise UnreadableError("binary", "it is an MP4 video or HEIC image, not a text; save what it says as text")
    if data[257:262] == b"ustar":
        raise UnreadableError("binary", "it is a tar archive, not a text; unpack it")


def _looks_like_text(data: bytes) -> bool:
    return not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", data[:4096])


def _declared(data: bytes, hint: str) -> Decoded | None:
    """The declared encoding, where the bytes bear it out. Pages often declare latin-1 and mean cp1252."""
    try:
        name = codecs.lookup(hint).name
    except LookupError:
        return None
    name = {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(name, name)
    try:
        text = data.decode(name)
    except (UnicodeDecodeError, UnicodeError):
        return None
    sample = _sample(data)
    penalty = _penalty(sample.decode(name, "replace"))
    best = min((_penalty(t) for e in ONE_BYTE if (t := _read(sample, e)) is not None), default=penalty)
    return Decoded(text, name) if penalty <= min(best + TIE, CONVINCING) else None


def _utf16(data: bytes) -> Decoded | None:
    """UTF-16 without a mark: half of a text's ASCII characters are NUL bytes, all on the same side."""
    sample = data[:SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if even + odd < len(sample) * 0.02:
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    found = _lossy(data, encoding)
    text = found.text[:SAMPLE]
    strange = sum(unicodedata.category(c) in {"Cc", "Cn", "Co", "Cs"} and c not in "\t\n\r\x0b\x0c" for c in text)
    plain = sum(c.isalnum() or c.isspace() for c in text)
    scripts = {_script(c) for c in text if c.isalpha()}
    sound = strange + found.replaced <= len(text) * 0.01 and plain >= len(text) * 0.5 and len(scripts) <= 4
    return found if sound else None


def _utf8(data: bytes) -> Decoded | None:
    """UTF-8, also where a few bytes were damaged or the end was cut off; scattered NUL bytes are tolerated."""
    n_nul = data.count(0)
    if n_nul > max(3, len(data) * 0.001) or len(re.findall(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]", data)) > len(data) * 0.01:
        raise UnreadableError(
            "binary", "it holds control bytes as no text does; it seems to be a program, image or archive"
        )
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    found = _lossy(data, "utf-8")
    sound = sum(ord(c) > 127 for c in found.text) - found.replaced
    return found if sound >= 5 * found.replaced else None


def _one_byte(data: bytes) -> Decoded:
    sample = _sample(data)
    readings = [(_penalty(t), i, e) for i, e in enumerate(ONE_BYTE) if (t := _read(sample, e)) is not None]
    penalty, _, encoding = min(readings, default=(9.0, 0, "cp1252"))
    if penalty > CONVINCING:
        other = _ask_normalizer(sample)
        text = _read(data, other) if other else None
        if other and text is not None and _penalty(text[:SAMPLE]) < min(penalty, CONVINCING):
            return Decoded(text, other)
        if penalty > 2 * CONVINCING:
            raise UnreadableError("encoding", "no known character encoding makes a text of it; save it as UTF-8")
    found = _lossy(data, encoding)
    return Decoded(found.text, LABELS.get(encoding, encoding), found.replaced)


def _sample(data: bytes) -> bytes:
    """The lines that hold high bytes: in an English text with three accents the other lines decide nothing."""
    lines, size = [], 0
    for line in re.finditer(rb"[^\n]*[\x80-\xff][^\n]*\n?", data):
        lines.append(line[0][: SAMPLE - size])
        size += len(lines[-1])
        if size >= SAMPLE:
            break
    return b"".join(lines)


def _ask_normalizer(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best else None


def _read(data: bytes, encoding: str) -> str | None:
    """The text where at most one byte in two hundred is not defined in the encoding."""
    text = data.decode(encoding, "replace")
    return text if text.count("\ufffd") * 200 <= len(data) else None


def _lossy(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    before = text.count("\ufffd")
    replaced = before - data.count("\ufffd".encode(encoding)) if before else 0
    return Decoded(text, encoding, max(replaced, 0))


def _finish(found: Decoded) -> Decoded:
    text = found.text.replace("\r\n", "\n").replace("\r", "\n")
    n_nul = text.count("\0")
    text = text.replace("\0", "\ufffd")
    if not text.strip(" \t\n\x0b\x0c\ufffd\ufeff"):
        raise UnreadableError("empty", "the file holds nothing but blanks")
    return Decoded(text, found.encoding, found.replaced + n_nul)


# Quotation marks and signs inside a word: what two-byte encodings look like when they are read as one-byte ones.
MISPLACED = re.compile(r"(?<=\w)[‚„‹›†‡‰•€¤¦§¨«»¬¶¸“”](?=\w)")

# -- what a misreading leaves behind ------------------------------------------------------------------------------------

# Share of each letter in Russian and Ukrainian running text, per mille, rounded; letters not listed are rarer.
FREQUENT = dict(zip("оаеинтрсвлкмпдузягьіб", (94, 82, 81, 74, 65, 57, 47, 47, 45, 43, 35, 31, 28, 30, 29, 21, 19, 17, 17, 28, 17), strict=True))  # fmt: skip


def _penalty(text: str) -> float:
    """Marks of a misreading per character beyond ASCII; 0 for a text that reads well or is all ASCII."""
    total = n_high = 0.0
    for word in re.findall(r"\S+", text):
        high = [c for c in word if c > "\x7f"]
        if not high:
            continue
        n_high += len(high)
        total += sum(_strangeness(c) for c in high)
        total += _word_penalty(word) + len(MISPLACED.findall(word))
    return total / n_high if n_high else 0.0


def _word_penalty(word: str) -> float:
    total = 0.0
    for part in _letter_groups(word):
        scripts = {_script(c) for c in part if c.isalpha()}
        total += 3.0 * (len(scripts) - 1) if len(scripts) > 1 else 0.0
        total += sum(2.0 for a, b in pairwise(part) if a.islower() and b.isupper() and b > "\x7f")
        total += sum(2.0 for a, b, c in zip(part, part[1:], part[2:], strict=False) if a.isalpha() and c.isalpha() and not b.isalpha())  # fmt: skip
        if scripts == {"LATIN"}:
            runs = re.findall(r"[^\x00-\x7f]{2,}", part)
            total += sum(len(r) - 1 for r in runs)
        elif "CYRILLIC" in scripts and len(part) > 1:
            letters = [c for c in part.lower() if c.isalpha()]
            total += sum(0.0 if FREQUENT.get(c, 0) > 25 else 0.3 if c in FREQUENT else 0.6 for c in letters) * 0.5
            total += 0.4 * sum(c.isupper() for c in part[1:])
    return total


def _letter_groups(word: str) -> Iterator[str]:
    """Parts of a word between its ordinary punctuation; symbols stay, since inside a word they are suspicious."""
    yield from (p for p in re.split(r"[!-/:-@\[-`{-~\u2010-\u2027\u00ab\u00bb\u00a0\u2039\u203a]+", word) if p)


@cache
def _strangeness(c: str) -> float:
    kind = unicodedata.category(c)
    if c == "\ufffd" or kind in {"Cc", "Cn", "Co", "Cs"}:
        return 5.0
    if kind in {"So", "Sk", "No", "Sm", "Lm"} and c not in "°№™®©±×²³½¼¾":
        return 2.0
    return 0.0


@cache
def _script(c: str) -> str:
    return unicodedata.name(c, "UNKNOWN").split()[0]
