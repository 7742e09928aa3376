"""Anaphoric sources go back to names and full noun phrases. All texts are invented."""

from __future__ import annotations

import pytest

from leadline.extract.attribution.speakers import resolve
from leadline.extract.parse import parse_documents
from leadline.schema import Document


def speakers(text, *sources):
    """What the sources, given as words in the order of the text, resolve to."""
    document = Document(document="d", sha256="", text=text, series="d", language="en")
    doc = next(parse_documents([document], entities=False)).doc
    found, at = [], 0
    for source in sources:
        start = text.index(source, at)
        at = start + len(source)
        found.append(tuple(t.i for t in doc if start <= t.idx < at))
    return resolve(doc, found)


@pytest.mark.parametrize(
    ("text", "first", "second", "expected"),
    [
        ("Ona Brelk said the mill was gone. She said the road was gone too.", "Ona Brelk", "She", "Ona Brelk"),
        ("Ona Brelk said the mill was gone. Brelk said it twice.", "Ona Brelk", "Brelk", "Ona Brelk"),
        ("The Ostrel border agency said a call was heard. The agency said it was real.", "The Ostrel border agency", "The agency", "The Ostrel border agency"),
        ("A report by the harbour office said two barges sank. The report said nobody died.", "A report by the harbour office", "The report", "A report by the harbour office"),
        ("A conscript from Ostrel said he was hungry. The soldier said he was cold.", "A conscript from Ostrel", "The soldier", "A conscript from Ostrel"),
        ("A conscript from Ostrel said he was hungry. The man said he was cold.", "A conscript from Ostrel", "The man", "A conscript from Ostrel"),
        ("A conscript from Ostrel said he was hungry. The 23-year-old said he was cold.", "A conscript from Ostrel", "The 23-year-old", "A conscript from Ostrel"),
        ("Two deserters from Ostrel said they were hungry. Both said it was cold.", "Two deserters from Ostrel", "Both", "Two deserters from Ostrel"),
        ("Two deserters from Ostrel said they were hungry. The two men said it was cold.", "Two deserters from Ostrel", "The two men", "Two deserters from Ostrel"),
        ("The town's mayor, Lena Foss, said the mill was gone. The mayor said the road was gone.", "The town's mayor, Lena Foss,", "The mayor", "The town's mayor, Lena Foss"),
        ("Villagers from Ostrel said the ferry sank. They said nobody came.", "Villagers from Ostrel", "They", "Villagers from Ostrel"),
    ],
)  # fmt: skip
def test_speakers_go_back(text, first, second, expected):
    assert speakers(text, first, second) == [expected, expected]


def test_speakers_relative_pronoun_is_its_noun():
    text = "The ministry showed a video of a masked conscript who said he was willing to serve."
    assert speakers(text, "who") == ["a masked conscript"]


def test_speakers_agree_in_gender_and_number():
    text = "Mr. Vardo said it rained. Mrs. Brelk said it snowed. He said no more."
    assert speakers(text, "Mr. Vardo", "Mrs. Brelk", "He")[2] == "Mr. Vardo"
    text = "The two drivers from Ostrel said it rained. The governor of Vardo said it snowed. They said no more."
    assert speakers(text, "The two drivers from Ostrel", "The governor of Vardo", "They")[2].startswith(
        "The two drivers"
    )


def test_speakers_subject_of_the_sentence_before_outdoes_a_distant_source():
    text = (
        "A conscript told his wife that he was cold. The wind blew hard. It went on for days. The river froze. "
        "Vardo built the wall long ago. In spring he signed the order."
    )
    assert speakers(text, "A conscript", "he signed"[:2])[0] == "A conscript"
    start = text.index("he signed")
    document = Document(document="d", sha256="", text=text, series="d", language="en")
    doc = next(parse_documents([document], entities=False)).doc
    source = tuple(t.i for t in doc if t.idx == start)
    first = tuple(t.i for t in doc if t.idx < text.index(" told"))
    assert resolve(doc, [first, source])[1] == "Vardo"


def test_speakers_that_fit_nothing_stay_as_they_are():
    assert speakers("The woman said that it rained.", "The woman") == ["The woman"]
    assert resolve(
        next(parse_documents([Document(document="d", sha256="", text="It rained.", series="d")])).doc, [()]
    ) == [None]


def test_speakers_soldier_is_not_an_outlet():
    text = "RiverNews, an independent media project, shared the clip. The soldier said that he was cold."
    assert speakers(text, "RiverNews", "The soldier")[1] == "The soldier"
