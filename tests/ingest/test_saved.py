"""Pages saved by a browser as one file."""

from __future__ import annotations

import quopri
import time

import pytest

from leadline.ingest.decode import UnreadableError
from leadline.ingest.reading import parse_file
from leadline.ingest.saved import is_saved_page, saved_page

PAGE = (
    "<html><head><title>Nine men</title></head><body><article>"
    "<p>Two conscripts deserted from the fort near the river, the governor said — on Monday.</p>"
    "<p>Nobody at the ministry would say more about it than that.</p></article></body></html>"
)


def saved(parts: list[bytes]) -> bytes:
    head = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://a.example/x\r\nSubject: Nine men\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="b0"\r\n\r\n'
    )
    return head + b"".join(b"\r\n--b0\r\n" + part for part in parts) + b"\r\n--b0--\r\n"


HTML_PART = (
    b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    + quopri.encodestring(PAGE.encode())
)
PICTURE = b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA"


def test_saved_page_is_read_as_the_page_in_it():
    found = parse_file(saved([PICTURE, HTML_PART]))
    assert "the governor said — on Monday." in found.text
    assert "b0" not in found.text
    assert "<p>" not in found.text
    assert (found.title, found.url, found.media_type) == ("Nine men", "https://a.example/x", "text/html")


def test_saved_page_without_a_page_is_refused():
    with pytest.raises(UnreadableError, match=r"saved page \(MHTML\) without a page in it"):
        parse_file(saved([PICTURE]))


@pytest.mark.parametrize(
    "text", ["Content-Type: multipart/related, he wrote.", "MIME-Version: 1.0\n\nContent-Type: multipart/related"]
)
def test_saved_page_is_told_by_its_headers(text):
    assert not is_saved_page(text.encode())


@pytest.mark.parametrize("nested", [300, 5_000])
def test_saved_page_nested_in_itself_ends_in_a_refusal(nested):
    data = b"".join(
        b"--b%d\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b%d\n\n" % (i, i + 1)
        for i in range(nested)
    )
    began = time.process_time()
    with pytest.raises(UnreadableError):
        saved_page(data.partition(b"\n")[2])
    assert time.process_time() - began < 10
