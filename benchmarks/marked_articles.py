"""Leadline on the marked articles of `training/articles`: what reading makes of plain articles, by hands that knew no rule.

usage: marked_articles.py [FOLDER] [--only PREFIX] [--shared DIR] [--misses] [--json]
       marked_articles.py [FOLDER] --check      only checks that every marked claim stands where it should
       marked_articles.py [FOLDER] --hands      how far two hands agree that marked the same unread articles, each scored against the other

Each file is an article with its claims (`training/README.md` gives the format). They teach what reading learns from whole texts, and
all their misses lie open: a figure on them is of what was learned from. From those of `eval/articles` and `eval/modelled` (articles in the form of real
pages) nothing is learned and nobody reads them: totals only. They run through the flow with a register of nothing but their publishers, and without a
gazetteer of their own, so that places are compared by name. Twenty-four of `eval/articles` and twenty-five of
`eval/modelled` were marked by a second hand too (`second` beside them, claims alone). Without the scorer (`../shared/eval`) nothing can be scored: exit code 77 and the reason.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from gold_sets import ROOT, SHARED, SKIPPED, lay_out, scored

from leadline.codebook import SHIPPED, load_codebook
from leadline.register import fold
from leadline.schema import Medium, Realis, Verification

ARTICLES = ROOT / "training" / "articles"
UNREAD = ROOT / "eval" / "articles"
MODELLED = ROOT / "eval" / "modelled"
SEALED = ROOT / "eval" / "sealed"
"""Articles that nothing is learned from: totals only. The modelled and the sealed ones have the forms of real pages on the subject; by the totals of the sealed ones nothing was chosen either."""
PUBLISHERS = {  # what a register says of a publisher of each kind
    "outlet": ("outlet", None), "agency": ("agency", None), "monitor": ("monitor", None), "think-tank": ("monitor", "analysis"),
    "state-body": ("state-body", None), "armed-force": ("armed-force", None), "channel": ("channel", None),
    "international": ("international", None), "court": ("court", "official-statement"),
}  # fmt: skip
INTERVAL = re.compile(r"(\d{4}(?:-\d\d){0,2})?(?:(\.\.)(\d{4}(?:-\d\d){0,2})?)?")
MARKED = re.compile(r"\{([^{}]+)\}")
NUMBER = re.compile(r"(\d+)(?:(\.\.)(\d+)?)?")


@dataclass(frozen=True)
class Article:
    """One marked article: its text, who published it when, and its claims as rows of the scorer, with the names of their hops."""

    name: str
    publisher: str
    kind: str
    published: str
    text: str
    claims: tuple[dict, ...]
    aliases: dict[str, set[str]] = field(default_factory=dict)


def read_article(path: Path, events: frozenset[str], claims_of: Path | None = None) -> Article:
    """The article of a file, with the claims of another one where that is named; raises `ValueError` with file and line of every fault."""
    content = path.read_text(encoding="utf-8")
    parts = re.split(r"^---\n", content, flags=re.MULTILINE)
    if claims_of is not None:
        parts[2:] = [claims_of.read_text(encoding="utf-8")]
    if len(parts) != 3:
        raise ValueError(
            f"{path}: found {len(parts)} parts; expected head, article and claims, divided by lines of three dashes"
        )
    head = dict(line.split(": ", 1) for line in parts[0].splitlines() if ": " in line)
    faults = [f"{path}: no `{key}:`" for key in ("publisher", "kind", "published") if key not in head]
    if head.get("kind") not in PUBLISHERS:
        faults.append(f"{path}: found kind {head.get('kind')!r}; expected one of {', '.join(PUBLISHERS)}")
    text, first = parts[1].strip() + "\n", parts[0].count("\n") + parts[1].count("\n") + 3
    marks, first = (path, first) if claims_of is None else (claims_of, 1)
    claims, aliases = [], {}
    for k, line in enumerate(parts[2].splitlines()):
        if line.strip() and not line.startswith("claim |"):
            try:
                claims.append(_claim(line, path.name, text, events, aliases))
            except ValueError as e:
                faults.append(f"{marks}:{first + k}: {e}")
    if faults:
        raise ValueError("\n".join(faults))
    return Article(path.name, head["publisher"], head["kind"], head["published"], text, tuple(claims), aliases)


def read_articles(folder: Path, only: str = "") -> list[Article]:
    """Every article of a folder whose name begins with `only`; ends the program with all faults named."""
    events, articles, faults = frozenset(load_codebook(SHIPPED).names), [], []
    for path in sorted(folder.glob(f"{only}*.txt")):
        try:
            articles.append(read_article(path, events))
        except ValueError as e:
            faults.append(str(e))
    if faults:
        sys.exit("\n".join(faults))
    return articles


def _claim(line: str, document: str, text: str, events: frozenset[str], aliases: dict[str, set[str]]) -> dict:
    cells = [c.strip() for c in line.split("|")]
    if len(cells) not in {6, 7}:
        raise ValueError(
            f"found {len(cells)} fields; expected claim | event | realis | chain | medium | verification | more"
        )
    told = MARKED.search(cells[0])
    quote, event, realis, chain, medium, verification = cells[0].replace("{", "").replace("}", ""), *cells[1:6]
    if text.count(quote) != 1:
        raise ValueError(f"{quote[:60]!r} stands {text.count(quote)} times in the article; expected once")
    for found, expected in (
        (event, events),
        (realis, Realis.__args__),
        (medium, Medium.__args__),
        (verification, Verification.__args__),
    ):
        if found not in expected:
            raise ValueError(f"found {found!r}; expected one of {', '.join(sorted(expected))}")
    start = text.index(quote)
    row: dict = {"document": document, "start": start, "end": start + len(quote), "quote": quote}
    head = (start + told.start(), start + told.end() - 2) if told else (start, start + len(quote))
    row |= {"told": head, "event": event, "realis": realis, "medium": medium, "verification": verification, "chain": []}
    for hop in chain.split(" > ") if chain != "-" else ():
        name, *others = (x.strip() for x in hop.split(" / "))
        if name == "-":
            raise ValueError(f"found the chain {chain!r}; expected `-` alone, for nobody or the publisher")
        row["chain"].append(name)
        aliases.setdefault(name, set()).update(o for o in others if o)
    for more in filter(None, (m.strip() for m in "".join(cells[6:]).split(";"))):
        _more(row, more)
    return row


def _more(row: dict, more: str) -> None:
    """Take in one of the further fields of a claim."""
    key, _, value = more.partition("=")
    interval, number = INTERVAL.fullmatch(value), NUMBER.fullmatch(value)
    if more == "optional":
        row["optional"] = True
    elif key in {"place", "unit"} and value:
        if key == "place" or re.search(r"\d", value):  # the scorer compares units by number
            row[key] = value
    elif key == "time" and interval is not None:
        row["time"] = f"{interval[1] or '..'}/{interval[3] or '..'}" if interval[2] else value
    elif key == "number" and number is not None:
        low = int(number[1])
        row["number"] = {"low": low, "high": (int(number[3]) if number[3] else None) if number[2] else low}
    else:
        raise ValueError(
            f"found {more!r}; expected optional, place=…, unit=…, time=YYYY[-MM[-DD]][..…] or number=N[..M]"
        )


def lay_out_articles(folder: Path, articles: list[Article]) -> tuple[Path, Path]:
    """Write gold, articles and what a run needs into `folder`; returns the gold folder and the settings."""
    seeds, settings = folder / "articles", folder / "leadline.toml"
    seeds.mkdir()
    aliases: dict[str, set[str]] = {}
    for a in articles:
        (seeds / a.name).write_text(a.text, encoding="utf-8")
        for name, others in a.aliases.items():
            aliases.setdefault(name, set()).update(others)
    (folder / "aliases.json").write_text(json.dumps({k: sorted(v) for k, v in aliases.items()}), encoding="utf-8")
    rows = [f'{a.name},{a.published},"{a.publisher.replace(chr(34), chr(34) * 2)}"' for a in articles]
    (folder / "meta.csv").write_text("\n".join(["document,published,publisher", *rows]) + "\n", encoding="utf-8")
    sources = {}
    for a in articles:
        kind, medium = PUBLISHERS[a.kind]
        slug = re.sub(r"[^a-z0-9]+", "-", fold(a.publisher)).strip("-")  # `The Meridian Post` is `Meridian Post`
        sources.setdefault(
            slug, {"id": slug, "name": a.publisher, "kind": kind} | ({"medium": medium} if medium else {})
        )
    register = {"title": "Publishers of the marked articles", "sources": list(sources.values())}
    (folder / "register.toml").write_bytes(msgspec.toml.encode(register))
    settings.write_text(
        'title = "Marked articles"\nmeta = "meta.csv"\nregisters = ["register.toml"]\nshipped_register = false\n',
        encoding="utf-8",
    )
    documents = [{"document": a.name, "publisher": a.publisher, "published": a.published} for a in articles]
    gold = lay_out(
        folder,
        (c for a in articles for c in a.claims),
        documents,
        folder / "aliases.json",
        (seeds / a.name for a in articles),
    )
    return gold, settings


def score(articles: list[Article], shared: Path, *flags: str) -> str:
    """What the scorer prints about the articles after a run of the whole flow."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        gold, settings = lay_out_articles(folder, articles)
        case, out = folder / "case", folder / "out"
        for words in (
            ["run", folder / "articles", "--settings", settings, "--case", case],
            ["export", case, "--format", "jsonl", "--to", out],
        ):
            done = subprocess.run(
                [sys.executable, "-m", "leadline", *map(str, words)], capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise SystemExit(done.stderr.strip())
        return scored(shared, out / "claims.jsonl", gold, *flags)


def agreement(folder: Path, shared: Path) -> str:
    """What the scorer prints about the claims of one hand by those of the other, both ways; the second hand's lie in `folder/second`."""
    events, found = frozenset(load_codebook(SHIPPED).names), []
    paths = sorted((folder / "second").glob("*.txt"))
    first = [read_article(folder / p.name, events) for p in paths]
    second = [read_article(folder / p.name, events, p) for p in paths]
    for title, gold, other in (("by the first", first, second), ("by the second", second, first)):
        with tempfile.TemporaryDirectory() as temporary:
            out = Path(temporary)
            laid_out, _ = lay_out_articles(out, gold)
            rows = (json.dumps(_exported(c)) + "\n" for a in other for c in a.claims)
            (out / "claims.jsonl").write_text("".join(rows), encoding="utf-8")
            figures = scored(shared, out / "claims.jsonl", laid_out)
            found.append(f"{len(gold)} articles, the claims of the other hand {title}:\n{figures}")
    return "\n".join(found)


def _exported(claim: dict) -> dict:
    """A marked claim as an export has it."""
    start, _, end = claim.get("time", "").partition("/")
    bounds = {name: None if day in {"", ".."} else day for name, day in (("start", start), ("end", end or start))}
    kept = {k: v for k, v in claim.items() if k not in {"told", "optional"}}
    return kept | ({"time": bounds} if "time" in claim else {})


def main() -> int:
    """Check, or run and score."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("folder", nargs="?", type=Path, default=ARTICLES)
    ap.add_argument("--only", default="", metavar="PREFIX", help="files whose name begins so")
    ap.add_argument("--shared", type=Path, default=SHARED, help="folder with eval/score_claims.py")
    ap.add_argument("--check", action="store_true")
    ap.add_argument("--misses", action="store_true")
    ap.add_argument("--json", action="store_true")
    ap.add_argument("--hands", action="store_true")
    a = ap.parse_args()
    if a.misses and a.folder.resolve() in {UNREAD, MODELLED, SEALED}:
        ap.error(f"{a.folder} is unread: --misses would end that; expected another folder, or no --misses")
    articles = read_articles(a.folder, a.only)
    if not articles:
        ap.error(f"{a.folder}: found no file {a.only}*.txt")
    if a.check:
        claims = [c for x in articles for c in x.claims]
        print(f"{len(articles)} articles, {len(claims)} claims, {sum(not c.get('optional') for c in claims)} required")
        return 0
    if not (a.shared / "eval" / "score_claims.py").is_file():
        print(f"the scorer is not beside the repository ({a.shared.name}/eval/score_claims.py)", file=sys.stderr)
        return SKIPPED
    if a.hands:
        print(agreement(UNREAD if a.folder.resolve() == ARTICLES else a.folder, a.shared), end="")
        return 0
    print(score(articles, a.shared, *[f"--{flag}" for flag in ("misses", "json") if getattr(a, flag)]), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
