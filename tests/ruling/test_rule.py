"""Whatever speaks against an attempt as such has its sentence."""

from typing import get_args

from depthperception.attempts.attempt import Doubt
from depthperception.ruling.rule import DOUBTS


def test_every_doubt_is_said_in_one_sentence() -> None:
    assert set(DOUBTS) == set(get_args(Doubt))
    assert all(said.endswith(".") and said.count(".") == 1 for said in DOUBTS.values())
    assert len(set(DOUBTS.values())) == len(DOUBTS)
