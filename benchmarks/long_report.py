"""What reading one long report costs: processor time at 20,000 and at 100,000 words, its exponent, and the memory.

usage: benchmarks/long_report.py [--json] [--words N,N]

The report is invented: every paragraph has other names, places, numbers and units, and one in seven takes up what stands before. Each
length is read by a process of its own, the resources loaded and a short text read before the clock starts. An exponent of one is a
time in proportion to the text, two its square.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import resource
import subprocess
import sys
import time

from leadline.extract.reading import Resources, read_documents
from leadline.schema import Document
from leadline.settings import Settings

GIVEN = [
    "Vera",
    "Anton",
    "Mira",
    "Oleh",
    "Petra",
    "Ivan",
    "Lena",
    "Marko",
    "Dana",
    "Yuri",
    "Nadia",
    "Taras",
    "Olga",
    "Pavlo",
    "Iryna",
    "Stepan",
    "Hanna",
    "Roman",
]
FAMILY = [
    "Lund",
    "Korda",
    "Weiss",
    "Haran",
    "Meln",
    "Bond",
    "Tarv",
    "Sokol",
    "Reut",
    "Dovan",
    "Krav",
    "Osm",
    "Petr",
    "Lys",
    "Holub",
    "Marek",
    "Zor",
    "Tkach",
    "Byk",
    "Rom",
]
ENDINGS = ("", "ova", "enko", "yk", "ic", "sen", "mann")
TOWNS = [
    "Bakhmut",
    "Kupiansk",
    "Sumy",
    "Kherson",
    "Nikopol",
    "Izium",
    "Lyman",
    "Poltava",
    "Rivne",
    "Lutsk",
    "Odesa",
    "Melitopol",
    "Berdiansk",
    "Kursk",
    "Belgorod",
    "Rostov",
]
PAPERS = ("Harbour Post", "Southern Ledger", "Steppe Courier", "River Gazette", "Northern Star", "Quay Monitor")
MONTHS = ["January", "March", "May", "June", "August", "October"]
PARAGRAPHS = """\
{given} {family}, a conscript from {town}, told the {paper} in {month} that {few} soldiers of the {unit}th brigade were beaten
with rifle butts for refusing to go forward. {he} said the men were kept in a pit near {other}. The ministry's press service
denied it on Friday.

According to the {paper}, {few} men were shot by their own commander outside {town} on {day} {month} 2023. A relative of {given}
{family} said that the bodies were never returned. The news agency could not independently verify the account.

In an intercepted call published by the {paper}, a soldier of the {unit}th regiment tells his mother that barrier troops stood
behind them near {town}. “They shoot anyone who turns back,” he says. The recording could not be verified.

The governor of {town} said on Telegram that {few} conscripts had deserted from the {unit}th brigade. “We were told nothing,”
{given} {family} said. They walked to {other} at night.

Rain fell on {town} for {few} days. The market opened again, and the trains to {other} ran as they had before the war.

A video posted by {given} {family} shows a deserter tied to a tree near {other}. It was filmed in {month}, the channel said.
Analysts at the {paper} traced it to the outskirts of {town}.

{family} also said that {few} prisoners were sent into the assault without weapons. His commander, {given} {family}, threatened to
execute those who refused, he added. The military prosecutor's office in {town} opened {few} cases of desertion.
""".strip().split("\n\n")
SHORT = 300


def report(words: int) -> str:
    """An invented report of at least so many words."""
    drawn = random.Random(1)
    paragraphs, length = [], 0
    while length < words:
        town, other = drawn.sample(TOWNS, 2)
        paragraph = drawn.choice(PARAGRAPHS).replace("\n", " ").format(
            given=drawn.choice(GIVEN), family=drawn.choice(FAMILY) + drawn.choice(ENDINGS), town=town, other=other,
            paper=drawn.choice(PAPERS), month=drawn.choice(MONTHS), few=drawn.randint(2, 90), unit=drawn.randint(24, 99),
            day=drawn.randint(1, 28), he=drawn.choice(("He", "She")),
        )  # fmt: skip
        paragraphs.append(paragraph)
        length += len(paragraph.split())
    return "\n\n".join(paragraphs)


def read(words: int) -> dict[str, float]:
    """Processor seconds and claims of a report of so many words, and the megabytes it takes beyond those of a short one."""
    resources = Resources.of(Settings())

    def claims(length: int) -> int:
        document = Document(document="report", sha256="", text=report(length), series="", language="en")
        (reading,) = read_documents([document], resources)
        if reading.unread is not None:
            raise SystemExit(reading.unread.reason)
        return len(reading.claims)

    claims(SHORT)
    ready, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    found = claims(words)
    seconds = time.process_time() - began
    return {
        "seconds": seconds,
        "claims": found,
        "MB": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - ready) / 1024,
    }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", action="store_true")
    options.add_argument("--words", default="20000,100000", help="a short and a long length")
    options.add_argument("--read", type=int, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.read:
        print(json.dumps(read(asked.read)))
        return 0
    lengths = [int(n) for n in asked.words.split(",")]
    figures: dict[str, float] = {}
    seconds = []
    for n in lengths:
        command = [sys.executable, __file__, "--read", str(n)]
        found = json.loads(
            subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1]
        )
        seconds.append(found["seconds"])
        figures |= {f"{n} words, {name}": value for name, value in found.items()}
    figures["exponent of processor time in words"] = math.log(seconds[-1] / seconds[0]) / math.log(
        lengths[-1] / lengths[0]
    )
    print(json.dumps(figures) if asked.json else "\n".join(f"{name}: {value:.4g}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
