"""The library's database: what it promises to the queue, and to whoever searches it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from depthperception.errors import OptionError
from depthperception.web import store as store_module
from depthperception.web.store import MOST_RUNS, Store
from depthperception.web.tables import CameraVideo, Judging
from depthperception.web.wanted import Wanted
from tests.support.postgres import new_database
from tests.support.web_runners import ATTEMPT

ADDED = {
    1: ("judging.sure",),
    2: ("human_reading.low_cm", "human_reading.high_cm", "human_reading.legs", "human_reading.author"),
    3: ("judging.lifter",),
    4: ("judging.pose",),
    5: ("human_reading.of_jury", "human_reading.lock"),
    6: ("judging.rules", "attempt.lift", "attempt.lights", "attempt.cards"),
    7: (
        "judging.server",
        "judging.lease_s",
        "judging.exercise",
        "judging.session",
        "attempt.exercise",
        "attempt.session",
        "attempt.not_lifter",
    ),
}
"""What each layout had not yet."""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/library.db" if request.param == "sqlite" else new_database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.close()


def laid_out_as(layout: int, store: Store) -> None:
    """Make it a library of an earlier version, and close it."""
    with store.engine.begin() as connection:
        if layout <= 7:
            connection.execute(text("DROP TABLE camera_video"))
        for column in (one for number, columns in ADDED.items() if number >= layout for one in columns):
            table, name = column.split(".")
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {name}"))
        connection.execute(text(f"UPDATE layout SET number = {layout}"))
    store.close()


def add(store: Store, name: str = "squat.mp4", **values: Any) -> Judging:
    usual = {"sha256": "00", "size_bytes": 1, "playable": True, "method": "calibrated", "height_cm": None, "pick": None}
    return store.add(name=name, **{**usual, **values})


def finished(store: Store, name: str = "squat.mp4", **values: Any) -> Judging:
    """Add a judging and finish it; nothing else may be queued."""
    added = add(store, name, **values)
    assert store.take_next() is not None
    done = store.finish(added.id, [ATTEMPT], status="judged", reason=None)
    assert done is not None
    return done


def test_judgings_are_taken_in_the_order_in_which_they_came_and_only_once(store: Store) -> None:
    first, second = add(store, "a"), add(store, "b")
    taken = [store.take_next(), store.take_next(), store.take_next()]
    assert [judging.id if judging else None for judging in taken] == [first.id, second.id, None]


def test_what_was_running_at_a_stop_is_queued_again_until_it_has_stopped_the_server_thrice(store: Store) -> None:
    added = add(store)
    for run in range(1, MOST_RUNS + 1):
        taken = store.take_next()
        assert taken is not None
        assert taken.runs == run
        store.requeue()
    found = store.get(added.id)
    assert found is not None
    assert found.state == "failed"
    assert found.error is not None
    assert store.take_next() is None


def test_a_cancelled_judging_stays_cancelled_when_its_result_comes_late(store: Store) -> None:
    added = add(store)
    store.take_next()
    assert store.change(added.id, state="cancelled") is not None
    assert store.finish(added.id, [ATTEMPT]) is None
    assert store.change(added.id, only_if=("running",), state="failed") is None
    found = store.get(added.id)
    assert found is not None
    assert (found.state, found.attempts) == ("cancelled", [])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("100%", 1), ("%", 1), ("_", 0), ("ANNA", 1), ("grinder", 1), ("o'brien", 1), ("ødegård", 1),
        ("A\u030ase", 1), ("STRASSE", 1), ("'; DROP TABLE attempt; --", 0),
    ],
)  # fmt: skip
def test_search_takes_words_literally_in_name_lifter_and_notes(store: Store, query: str, found: int) -> None:
    full, other = finished(store, "100% squat.mp4"), finished(store, "x.mp4")
    store.describe(full.id, 1, lifter="Anna O'Brien", notes="a grinder")
    store.describe(other.id, 1, lifter="Åse Ødegård", notes="Straße")
    assert store.find_attempts(Wanted(query), limit=10)[0] == found


def test_attempts_are_counted_whole_and_given_in_pages_newest_first(store: Store) -> None:
    names = [f"{number}.mp4" for number in range(5)]
    for name in names:
        finished(store, name)
    total, rows = store.find_attempts(limit=2, offset=1)
    assert total == 5
    assert [row.judging.name for row in rows] == ["3.mp4", "2.mp4"]
    assert store.find_attempts(Wanted(verdict="no_depth"), limit=2)[0] == 0


def test_attempts_are_sorted_by_what_is_asked_and_those_without_it_come_last(store: Store) -> None:
    for name, weight_kg in (("a.mp4", 100.0), ("b.mp4", None), ("c.mp4", 140.0)):
        store.describe(finished(store, name).id, 1, weight_kg=weight_kg)
    for sort, names in (("weight_kg", "acb"), ("-weight_kg", "cab"), ("name", "abc"), ("-created", "cba")):
        rows = store.find_attempts(Wanted(sort=sort), limit=10)[1]
        assert [row.judging.name[0] for row in rows] == list(names)


def test_a_lifter_named_at_the_upload_is_every_attempts_and_keeps_the_last_height(store: Store) -> None:
    for height_cm in (170.0, 182.0, None):
        finished(store, lifter="Anna", height_cm=height_cm)
    store.describe(finished(store, lifter="Anna").id, 1, lifter="Bo")
    assert store.lifters() == [("Anna", 3, 182.0), ("Bo", 1, None)]
    assert store.find_attempts(Wanted(lifter="Anna"), limit=1)[0] == 3
    assert store.find_attempts(Wanted("anna"), limit=1)[0] == 3


def test_exercise_and_session_of_the_upload_are_every_attempt_s_and_are_listed_the_last_first(store: Store) -> None:
    for exercise, session in (("pause squat", "week 1"), ("front squat", "week 2"), ("pause squat", "week 3")):
        finished(store, exercise=exercise, session=session)
    assert store.labels("exercise") == ["pause squat", "front squat"]
    assert store.labels("session") == ["week 3", "week 2", "week 1"]
    assert store.find_attempts(Wanted(exercise="pause squat"), limit=1)[0] == 2
    assert store.find_attempts(Wanted(exercise="pause squat", session="week 2"), limit=1)[0] == 0


def test_a_day_is_the_attempt_s_date_or_else_that_of_judging_and_both_ends_count(store: Store) -> None:
    said, unsaid = finished(store, "said.mp4"), finished(store, "unsaid.mp4")
    store.describe(said.id, 1, date="2020-02-29")
    today = unsaid.created[:10]

    def found(since: str = "", until: str = "") -> set[str]:
        return {row.judging.name for row in store.find_attempts(Wanted(since=since, until=until), limit=9)[1]}

    assert found(since="2020-02-29", until="2020-02-29") == {"said.mp4"}
    assert found(since="2020-03-01") == found(since=today, until=today) == {"unsaid.mp4"}
    assert found(until="2020-02-28") == set()
    assert found(until=today) == {"said.mp4", "unsaid.mp4"}


def test_whoever_is_not_the_lifter_is_left_out_where_that_is_asked_and_nowhere_else(store: Store) -> None:
    lifter, spotter = finished(store, lifter="Bo"), finished(store, lifter="Bo")
    store.describe(spotter.id, 1, not_lifter=True)
    assert store.find_attempts(Wanted(lifter="Bo"), limit=9)[0] == 2
    assert [row.judging_id for row in store.find_attempts(Wanted(lifters_only=True), limit=9)[1]] == [lifter.id]
    store.describe(spotter.id, 1, not_lifter=False)
    assert store.find_attempts(Wanted(lifters_only=True), limit=9)[0] == 2


def test_bare_judgings_are_the_finished_ones_without_an_attempt(store: Store) -> None:
    finished(store, "good.mp4")
    bad, _ = add(store, "bad.mp4"), add(store, "waits.mp4")
    store.take_next()
    store.change(bad.id, state="failed", error="No.")
    total, rows = store.find(bare=True, limit=10)
    assert (total, [row.name for row in rows]) == (1, ["bad.mp4"])


def test_human_readings_stand_beside_the_measurement_and_go_with_the_judging(store: Store) -> None:
    done = finished(store)
    for cm in (1.0, -2.0):
        store.readings.add(done.id, 1, frame=3, time_s=0.1, cm=cm, verdict="depth", creases_px={}, knees_px={})
    attempt = store.find_attempts(limit=1)[1][0]
    assert [reading.cm for reading in attempt.readings] == [1.0, -2.0]
    assert attempt.cm == ATTEMPT["cm"]
    assert store.readings.add(done.id, 2, frame=3, time_s=0.1, cm=0.0, verdict="depth") is None
    assert store.delete(done.id)
    assert store.find_attempts(limit=1)[0] == 0
    assert not store.delete(done.id)


def test_judgings_of_the_seventh_layout_are_of_one_video(url: str) -> None:
    old = Store(url)
    kept = finished(old)
    laid_out_as(7, old)
    store = Store(url)
    found = store.get(kept.id)
    assert found is not None
    assert (found.cameras, found.names, found.hashes) == ([], [kept.name], [kept.sha256])
    videos = [CameraVideo(number=k, name=f"{k}.mp4", sha256=f"0{k}", size_bytes=1) for k in (1, 2)]
    assert add(store, "both", cameras=videos).hashes == ["01", "02"]
    assert [one.name for one in store.uses_of("02")] == ["both"]
    store.close()


def test_attempts_of_the_sixth_layout_are_taken_over_without_lights(url: str) -> None:
    old = Store(url)
    kept = finished(old)
    laid_out_as(6, old)
    store = Store(url)
    found = store.get(kept.id)
    assert found is not None
    assert found.rules == "ipf"
    assert [(one.lift, one.lights, one.cards) for one in found.attempts] == [(None, "", "")]
    store.close()


def test_attempts_of_the_seventh_layout_are_the_lifter_s_and_of_no_session(url: str) -> None:
    old = Store(url)
    kept = finished(old, lifter="Anna")
    laid_out_as(7, old)
    store = Store(url)
    (found,) = store.find_attempts(Wanted(lifter="Anna", lifters_only=True), limit=2)[1]
    assert (found.judging_id, found.exercise, found.session, found.not_lifter) == (kept.id, "", "", False)
    assert store.describe(kept.id, 1, not_lifter=True, session="week 3") is not None
    assert store.find_attempts(Wanted(session="week 3"), limit=1)[0] == 1
    store.close()


def test_a_library_of_the_first_layout_is_taken_over_and_its_judgings_called_everything(url: str) -> None:
    old = Store(url)
    kept = finished(old)
    laid_out_as(1, old)
    for _ in range(2):  # taken over once, then as it is
        store = Store(url)
        found = store.get(kept.id)
        assert found is not None
        assert found.sure == 0.5
        assert [attempt.cm for attempt in found.attempts] == [ATTEMPT["cm"]]
        assert add(store, "new").sure == 0.65
        store.close()


def test_readings_of_the_second_layout_are_taken_over_without_interval_and_author(url: str) -> None:
    old = Store(url)
    kept = finished(old)
    points = {"creases_px": {"left": [1.0, 2.0]}, "knees_px": {"left": [3.0, 4.0]}}
    old.readings.add(kept.id, 1, frame=3, time_s=0.1, cm=1.5, verdict="depth", author="Anna", **points)
    laid_out_as(2, old)
    store = Store(url)
    (reading,) = store.find_attempts(limit=1)[1][0].readings
    assert (reading.cm, reading.verdict, reading.creases_px) == (1.5, "depth", points["creases_px"])
    assert (reading.low_cm, reading.high_cm, reading.legs, reading.author) == (None, None, None, "")
    assert (reading.of_jury, reading.lock) == (False, "")
    assert store.readings.add(kept.id, 1, frame=3, time_s=0.1, cm=2.0, verdict="depth", author="Bo", **points)
    store.close()


def test_judgings_of_the_fourth_layout_were_all_by_blazepose(url: str) -> None:
    old = Store(url)
    kept = finished(old)
    laid_out_as(4, old)
    store = Store(url)
    found = store.get(kept.id)
    assert found is not None
    assert found.pose == "blazepose"
    store.close()


def test_a_judging_of_the_seventh_layout_that_ran_is_nobody_s_and_queued_again(url: str) -> None:
    old = Store(url)
    added = add(old)
    old.take_next("old")
    laid_out_as(7, old)
    store = Store(url)
    assert store.beat("old") == set()
    assert store.requeue(everyone=False) == 1
    taken = store.take_next("new")
    assert taken is not None
    assert (taken.id, taken.server) == (added.id, "new")
    store.close()


def test_what_a_server_runs_is_its_own_while_it_is_heard_of(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    added = add(store)
    assert store.take_next("one") is not None
    assert store.beat("one") == {added.id}
    assert store.beat("other") == set()
    assert store.requeue(everyone=False) == 0
    monkeypatch.setattr(store_module, "LEASE_S", -1.0)
    store.beat("one")
    assert store.requeue(everyone=False) == 1
    assert store.take_next("other") is not None
    assert store.change(added.id, only_if=("running",), server="one", step="late") is None
    assert store.finish(added.id, [ATTEMPT], server="one") is None
    done = store.finish(added.id, [ATTEMPT], server="other", status="judged", reason=None)
    assert done is not None
    assert (done.state, done.runs) == ("done", 2)


def test_many_who_take_at_the_same_time_take_each_judging_once(store: Store) -> None:
    ids = {add(store, str(number)).id for number in range(24)}

    def take(server: int) -> list[str]:
        taken = []
        while (judging := store.take_next(str(server))) is not None:
            taken.append(judging.id)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [one for some in pool.map(take, range(4)) for one in some]
    assert sorted(taken) == sorted(ids)


def test_a_library_of_another_version_is_left_alone(store: Store, url: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE layout SET number = 99"))
    with pytest.raises(OptionError, match="has layout 99; expected 8"):
        Store(url)


def test_a_database_that_cannot_be_opened_is_named_without_its_password(tmp_path: Path) -> None:
    for url in ("nonsense", "sqlite:////no/such/folder/x.db", "nodriver://user:secret@host/name"):
        with pytest.raises(OptionError, match="expected a SQLAlchemy URL") as raised:
            Store(url)
        assert "secret" not in str(raised.value)
