"""What stands in for judging in tests of a batch: jobs in this process, and a small judgement at once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from depthperception.batch.children import Waiting
from depthperception.batch.entries import Entry
from depthperception.batch.jobs import Ended, outcome
from depthperception.batch.work import Written
from depthperception.io.atomic import write_json
from depthperception.options import Options
from depthperception.results import Judgement, Reading
from depthperception.video_facts import VideoFacts
from tests.support.web_runners import CAMERA, judged_attempt


def inline(waiting: Waiting) -> Iterator[Ended]:
    """Do jobs in this process, one after the other."""
    while (job := waiting.take()) is not None:
        heard: dict[str, Any] = {}
        made, failure = outcome(job, heard.__setitem__)
        waiting.ended(job)
        yield Ended(job, made, failure, 0.1, heard.get("begun", {}))


class Judge:
    """Takes the place of `work.judge_into`: writes a small judgement, and remembers what it judged."""

    def __init__(self) -> None:
        self.judged: list[str] = []

    def __call__(
        self, video: Path, folder: Path, entry: Entry, on_progress: Callable[..., None], **more: Any
    ) -> tuple[Written, ...]:
        from depthperception.video.reading import sha256_of  # noqa: PLC0415

        name = entry.video
        self.judged.append(name)
        facts = VideoFacts(name, sha256_of(video), 4, 4, 0, 0.3, 8)
        asked = entry.options.to_dict()
        attempts = (judged_attempt(Reading("calibrated")),) if "nobody" not in name else ()
        found = Judgement(facts, "judged" if attempts else "no_person", camera=CAMERA, attempts=attempts)
        found = replace(found, provenance={**asked, "version": "1"})
        write_json(folder / "judgement.json", found.to_dict())
        return (Written(found, folder, ["judgement.json"]),)


def entries(*videos: Path | str, **options: Any) -> tuple[Entry, ...]:
    """Entries with these options."""
    return tuple(Entry(str(video), Options(**options)) for video in videos)
