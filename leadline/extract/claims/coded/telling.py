"""How an event is told, by the sentence as a whole: a last layer of the encoder that was taught realis instead of events.

The layers below are the encoder's own, so that a sentence it reads costs little more. Taught by marked articles (`scripts/train_telling.py`);
`leadline.extract.claims.modality.weighed` weighs what it says beside the names of what stands around the word.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple, get_args

import numpy as np

from leadline.extract.archives import Arrays, read_weights
from leadline.extract.claims.coded.encoder import Encoder, Ending, Layer, Matrix
from leadline.extract.claims.coded.sentences import fingerprint
from leadline.schema import Realis

FILE = Path(__file__).parents[2] / "data" / "telling.npz"
AGAIN = "make it again with scripts/train_telling.py"
CODES: tuple[Realis, ...] = get_args(Realis)


class Telling(NamedTuple):
    """The layer, and the fingerprint of the encoder whose lower layers it was taught on."""

    encoder: str
    ending: Ending


def telling_for(encoder: Encoder | None) -> Ending | None:
    """The layer that tells realis, None where there is no encoder or another one; raises `CodebookError` where the file is broken."""
    if encoder is None:
        return None
    stored = load_telling()
    return stored.ending if stored.encoder == below(encoder) else None


def below(encoder: Encoder) -> str:
    """The fingerprint of all layers but the last."""
    return fingerprint(encoder, len(encoder.layers) - 1)


@cache
def load_telling() -> Telling:
    """The shipped layer; raises `CodebookError` where its file is broken or tells other codes."""
    return read_weights(FILE, _of_realis, todo=AGAIN)


def _of_realis(arrays: Arrays) -> Telling:
    codes = tuple(map(str, arrays["codes"]))
    if codes != CODES:
        raise ValueError(f"codes {', '.join(codes)}")
    head = Matrix(arrays["head"].astype(np.float32), arrays["head_bias"].astype(np.float32))
    return Telling(str(arrays["encoder"]), Ending(Layer.read(arrays, "layer"), head))
