"""Which outlet published a document and which one the text credits, as far as the document itself says.

Three kinds of evidence, kept apart because a copied page carries two outlets: what the page says about its own site
(newsletter, copyright line, author's note, the address in its header), what the article says about who reported it
("could not independently verify"), and an explicit credit ("first published by"). Wordings: `data/outlets.toml`.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

DATA = Path(__file__).parent / "data" / "outlets.toml"
PART = r"[A-Z0-9À-ÞЀ-Я][\w’'&-]*(?:\.\w[\w’'&-]*)*"
NAME = rf"(?P<name>{PART}(?:\s(?:{PART}|of|and|for|de|la|der|the)){{0,4}})"
LINK_WORDS = ("of", "and", "for", "de", "la", "der", "the")
HEADER_URL = re.compile(r"\b(?:Source|URL|Link|Address|Original|Permalink)\s*:\s*(https?://[^\s<>\"]{4,500})")
HEADER_TAGS = re.compile(r"\bTags\s*:\s*([^\n]{2,400})")
HOST = re.compile(r"(?<![\w@.])((?:[a-z0-9-]{2,40}\.){1,3}[a-z]{2,10})(?![\w.])", re.I)
PRONOUNS = {
    "It", "He", "She", "They", "We", "I", "You", "This", "That", "The", "Who", "Which", "There", "One", "Officials",
}  # fmt: skip
NETWORKS = frozenset(
    {
        "t.me", "telegram.me", "twitter.com", "x.com", "facebook.com", "vk.com", "ok.ru", "youtube.com", "youtu.be", "instagram.com",
        "tiktok.com", "threads.net", "rumble.com",
    }
)  # fmt: skip
NO_ACCOUNT = frozenset(
    {"watch", "embed", "shorts", "story.php", "groups", "pages", "web", "video", "reel", "joinchat", "share"}
)
MAX_LINE = 3000


class Outlets(msgspec.Struct, frozen=True, kw_only=True):
    """What the document says: its publisher, the outlet credited as its original, its own address."""

    publisher: str | None = None
    origin_publisher: str | None = None
    url: str | None = None


def find_outlets(text: str) -> Outlets:
    r"""Read outlet names where the text states them; None where it does not.

    >>> find_outlets("Two men fled.\n\nThe Harbour Post could not independently verify the recording.").origin_publisher
    'The Harbour Post'
    """
    head = text[:3000]
    address = HEADER_URL.search(head)
    url = address[1].rstrip(").,;") if address else None
    site, body, credit = (_most_named(text, patterns) for patterns in _wordings())
    host = site_of(url) if url else None
    tag = next((h for t in HEADER_TAGS.finditer(head) for h in HOST.findall(t[1])), None)
    credited = credit or tag or body
    publisher = credited if site and credited in {f"The {site}", site} else site or host
    return Outlets(publisher=publisher, origin_publisher=credited, url=url)


def site_of(url: str) -> str | None:
    """Who publishes at an address: its host, or on a network its account; None where the address shows neither.

    >>> site_of("https://t.me/s/harbour_post/12"), site_of("https://www.example.org/a"), site_of("https://x.com/i/web/1")
    ('@harbour_post', 'example.org', None)
    """
    host = host_name(url)
    if host is None or host.removeprefix("m.").removeprefix("mobile.") not in NETWORKS:
        return host
    path = [p for p in urlsplit(url).path.split("/") if p not in ("", "s", "channel", "user", "c")]
    name = path[0].removeprefix("@") if path else ""
    return f"@{name}" if re.fullmatch(r"[\w.]{3,40}", name) and name not in NO_ACCOUNT else None


def host_name(url: str) -> str | None:
    """The host of an address without `www.`, None where there is none.

    >>> host_name("https://www.example.org/a?b")
    'example.org'
    """
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def _most_named(text: str, patterns: tuple[re.Pattern[str], ...]) -> str | None:
    """The name that most of the wordings give; the first in the text where they are equal."""
    names: Counter[str] = Counter()
    for line in text.split("\n"):
        for pattern in patterns if len(line) <= MAX_LINE else ():
            for match in pattern.finditer(" ".join(line.split())):
                if name := _clean(match["name"]):
                    names[name] += 1
    return max(names, key=lambda n: names[n]) if names else None


def _clean(name: str) -> str | None:
    """A name without what the pattern caught around it; None where it is no outlet's name."""
    words = re.sub(r"[’']s?$", "", name.strip(" .,&-")).split()
    while words and words[-1] in LINK_WORDS:
        words.pop()
    if not words or (words[0] in PRONOUNS and len(words) == 1) or words[0].isdigit():
        return None
    return " ".join(words) if any(len(w) > 1 for w in words) else None


@cache
def _wordings() -> tuple[tuple[re.Pattern[str], ...], ...]:
    data = msgspec.toml.decode(DATA.read_bytes())
    return tuple(
        tuple(re.compile(p.replace("{name}", NAME)) for p in data[kind]) for kind in ("site", "body", "credit")
    )
