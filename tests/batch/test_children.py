"""Jobs in child processes: one that crashes or hangs stops nothing, a child is kept, and copies wait for each other."""

import os
from pathlib import Path

import pytest

from depthperception.batch.children import Children, Waiting
from depthperception.batch.jobs import Ended
from tests.support.stand import Stand


def done(names: str, folder: Path | None = None, **options: float | int) -> dict[str, Ended]:
    """Do jobs of these names; gives how each ended."""
    children = Children(**options)  # type: ignore[arg-type]
    try:
        jobs = [Stand(name, str(folder or "")) for name in names.split()]
        return {ended.job.video: ended for ended in children.run(Waiting(jobs))}
    finally:
        children.close()


def test_what_crashes_hangs_or_is_refused_fails_with_a_sentence_and_the_rest_is_done() -> None:
    ended = done("one broken killed faulty hangs two", limit_s=5.0, at_once=2)
    assert {name: end.failure.kind if end.failure else "" for name, end in ended.items()} == {
        "one": "", "broken": "refused", "killed": "crashed", "faulty": "crashed", "hangs": "too_long", "two": "",
    }  # fmt: skip
    says = {name: end.failure.says for name, end in ended.items() if end.failure}
    assert says["broken"] == "broken: found this. Expected that. Do so."
    assert "killed by signal 9" in says["killed"]
    assert "RuntimeError: a fault of ours; do, line" in says["faulty"]
    assert "took over 5 s" in says["hangs"]
    assert all(sentence.startswith(f"{name}: ") and "Expected" in sentence for name, sentence in says.items())
    assert ended["killed"].begun["sha256"] == "killed", "what it said before is known"


def test_a_child_does_one_job_after_the_other_and_only_a_lost_one_is_replaced() -> None:
    made = [end.made for end in done("a b broken c killed d").values() if end.made]
    pids = [pid for _, pid in made]
    assert pids[0] == pids[1] == pids[2] != pids[3]
    assert os.getpid() not in pids


def test_copies_never_run_side_by_side(tmp_path: Path) -> None:
    jobs = [Stand(f"slow{number}") for number in range(4)]
    waiting = Waiting(jobs, lambda job: job.video[-1] in "12")
    taken = [waiting.take() for _ in range(3)]
    assert [job.video if job else None for job in taken] == ["slow0", "slow1", None]
    waiting.ended(jobs[1])
    assert waiting.take() == jobs[2]
    assert len(waiting) == 1


@pytest.mark.parametrize("at_once", [1, 2])
def test_so_many_run_side_by_side_and_no_more(at_once: int, tmp_path: Path) -> None:
    ended = done("slow1 slow2 slow3", at_once=at_once)
    assert len({end.made[1] for end in ended.values()}) == at_once
