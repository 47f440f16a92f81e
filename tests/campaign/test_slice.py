"""A slice of the campaign, and every input that broke the promise once: one sentence at most, in time and memory.

The whole of it: `python -m tests.support.campaign --count 10000 --whole 60 --out campaign.jsonl`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.campaign.kept import names, unpacked
from tests.support.campaign.runner import Runner
from tests.support.campaign.table import table
from tests.support.campaign.trial import LONGEST_S, MOST_MB, UNMADE, Row, as_json, is_sentence, load_kinds, try_one

EACH = 5
"""Seeds of every kind: some hundred inputs in a minute of one core."""


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with Runner(tmp_path_factory.mktemp("films")) as runner:
        yield runner


@pytest.mark.parametrize("kind", sorted(name for name in load_kinds() if not name.startswith("whole.")))
def test_a_damaged_input_is_read_or_refused_in_a_sentence(runner: Runner, kind: str) -> None:
    rows = [runner.try_one(kind, seed) for seed in range(EACH)]
    assert [as_json(row) for row in rows if not row.is_kept] == []
    assert sum(row.outcome != UNMADE for row in rows) > EACH / 2
    assert max(row.cpu_s for row in rows) < LONGEST_S
    assert max(row.peak_mb for row in rows) < MOST_MB


@pytest.mark.parametrize("name", names())
def test_what_broke_the_promise_once_keeps_it(tmp_path: Path, name: str) -> None:
    kind, made = unpacked(name, tmp_path)
    row = try_one(kind, 0, made, tmp_path)
    assert row.is_kept, as_json(row)


def test_a_traceback_is_no_sentence_and_is_counted() -> None:
    assert is_sentence("a.mp4: the file is empty (0 bytes). Expected a video that FFmpeg can decode. Copy it again.")
    assert not is_sentence("Traceback (most recent call last): ... Expected a video.")
    assert not is_sentence("KeyError: 'x'")
    good, bad = Row("bytes.bits", 0, 1, "read", "", 1.0, 100.0), Row("bytes.bits", 1, 1, "traceback", "x", 2.0, 90.0)
    found = table([good, bad])
    assert "| bytes.bits | 2 | 1 | 0 | 0 | 0 | 0 | 1 | 0 | 0 | 2.0 s | 100 MB |" in found
