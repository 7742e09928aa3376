"""Encodings are recognised, binaries are named, nothing disappears."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from leadline.ingest.decode import UnreadableError, decode

ENGLISH = "The men of the 14th brigade refused to go forward, their commander said on the radio that night.\n"
RUSSIAN = "Солдаты отказались идти вперёд, сообщила разведка. «Никто не уходит», — говорит командир на записи.\n"
UKRAINIAN = "Солдати відмовилися йти в атаку. Їхній командир погрожував розстрілом, ґрунтуючись на наказі.\n"
POLISH = "Żołnierze odmówili wyjścia z okopów. Dowódca groził im śmiercią, powiedział świadek w środę.\n"
FRENCH = "Les soldats ont refusé d’avancer, a déclaré l’état-major. « Nous n’irons pas », répètent-ils là-bas.\n"
GERMAN = "Die Männer weigerten sich, über die Brücke zu gehen, hieß es. Größere Verluste gab es später.\n"
JAPANESE = "兵士たちは前進を拒否した。指揮官は彼らを撃つと脅したと、同僚は語った。今週の出来事である。\n"


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (ENGLISH, "ascii", "utf-8"),
        (RUSSIAN, "utf-8", "utf-8"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (RUSSIAN, "cp866", "cp866"),
        (RUSSIAN, "iso8859-5", "iso8859-5"),
        (UKRAINIAN, "cp1251", "cp1251"),
        (UKRAINIAN, "koi8-u", "koi8-r"),
        (POLISH, "cp1250", "cp1250"),
        (POLISH, "iso8859-2", "iso8859-2"),
        (FRENCH, "cp1252", "cp1252"),
        (GERMAN, "cp1252", "cp1252"),
        (ENGLISH + "It cost £5, “they” said — in the café.", "cp1252", "cp1252"),
        (ENGLISH + "On the wall stood «Никто не уходит».", "cp1251", "cp1251"),
        (ENGLISH, "utf-16-le", "utf-16-le"),
        (ENGLISH, "utf-16-be", "utf-16-be"),
        (RUSSIAN * 3, "utf-16-le", "utf-16-le"),
        (UKRAINIAN * 3, "utf-16-be", "utf-16-be"),
    ],
)
def test_decode_recognises_encodings_without_a_mark(text, encoding, name):
    if encoding in {"iso8859-5", "iso8859-2"}:
        text = text.translate({ord(c): '"' for c in "«»—’“”"})
    found = decode(text.encode(encoding, "replace"))
    assert found.text == text.encode(encoding, "replace").decode(encoding)
    assert (found.encoding, found.replaced) == (name, 0)


@pytest.mark.parametrize("text", [ENGLISH, RUSSIAN, JAPANESE])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_decode_obeys_a_mark_and_drops_it(text, encoding):
    found = decode(text.encode(encoding))
    assert found.text == text
    assert found.encoding == codecs.lookup(encoding).name.removesuffix("-sig") + (
        "" if encoding == "utf-8-sig" else "-le"
    )


@pytest.mark.parametrize("text", [RUSSIAN, UKRAINIAN])
@pytest.mark.parametrize("right", ["cp1251", "koi8-u"])
def test_decode_is_right_about_a_single_short_sentence(text, right):
    sentence = text.split(".")[0]
    assert decode(sentence.encode(right)).text == sentence


def test_decode_replaces_single_nul_bytes_and_counts_them():
    found = decode(ENGLISH.encode() + b"before\x00after\n" + ENGLISH.encode() * 20)
    assert "before\ufffdafter" in found.text
    assert found.replaced == 1
    assert "\0" not in found.text


def test_decode_replaces_a_damaged_character_of_a_sound_text():
    data = (RUSSIAN * 5).encode()
    found = decode(data[:-2] + b"\xd0\n")
    assert (found.encoding, found.replaced) == ("utf-8", 1)
    assert found.text.startswith(RUSSIAN)


def test_decode_uses_a_declared_encoding_only_where_the_bytes_bear_it_out():
    assert decode(UKRAINIAN.encode("koi8-u"), hint="koi8-u").encoding == "koi8-u"
    assert decode(RUSSIAN.encode("cp1251"), hint="koi8-r").text == RUSSIAN
    assert decode(RUSSIAN.encode(), hint="iso-8859-1").text == RUSSIAN
    assert decode(ENGLISH.encode(), hint="no-such-encoding").text == ENGLISH
    assert decode(FRENCH.encode("cp1252"), hint="iso-8859-1").text == FRENCH


def test_decode_line_ends_become_newlines():
    assert decode(b"one\r\ntwo\rthree\n").text == "one\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", "ZIP archive or an office document"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG image"),
        (b"\x7fELF\x02\x01\x01" + bytes(60), "a Linux program"),
        (b"\x1f\x8b\x08\x00abc", "a gzip archive"),
        (b"SQLite format 3\x00" + bytes(80), "an SQLite database"),
        (bytes(4) + b"ftypisom" + bytes(20), "an MP4 video"),
        (b"{\\rtf1\\ansi He refused.}", "rich-text"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "a Windows program"),
        (bytes(range(256)) * 20, "control bytes"),
    ],
)
def test_decode_says_what_a_binary_is(data, what):
    with pytest.raises(UnreadableError, match=what) as e:
        decode(data)
    assert e.value.rule == "binary"


def test_decode_takes_a_text_that_begins_like_a_program():
    assert decode(b"MZ is how the report names the witness. BM is another one.").encoding == "utf-8"
    assert decode(b"BM said that he would not go.").encoding == "utf-8"


@pytest.mark.parametrize(
    "data", [b"", b"  \r\n\t ", b"\xef\xbb\xbf", codecs.BOM_UTF16_LE + "  \n".encode("utf-16-le"), bytes(50)]
)
def test_decode_refuses_emptiness(data):
    with pytest.raises(UnreadableError) as e:
        decode(data)
    assert e.value.rule == "empty"


@given(
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r\ufeff"), min_size=1).filter(str.strip)
)
def test_decode_round_trips_any_text_in_utf8_or_refuses_it(text):
    assume(text.strip(" \t\n\x0b\x0c\ufffd"))
    assert decode(text.encode("utf-8-sig")).text == text


@given(st.binary(max_size=300))
def test_decode_never_fails_otherwise_than_by_refusing(data):
    try:
        found = decode(data)
    except UnreadableError:
        return
    assert found.text
    assert "\0" not in found.text
    found.text.encode("utf-8")
