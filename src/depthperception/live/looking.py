"""Looking at the pictures that are due, in a thread of its own, and asking after each whether a squat is over."""

import queue
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import numpy as np

from depthperception.case import COARSE_STEP_S
from depthperception.live.feed import Arrival
from depthperception.live.judging import Judging
from depthperception.live.settings import BEFORE_S, KEEP_S, LOOK_EVERY, LOOKS_WAITING, WELL_DOWN
from depthperception.live.trigger import finished_squat, may_have_begun_s, rising_squat
from depthperception.people import PersonTrack, Sightings, choose, link
from depthperception.people.detection import FRAME_MISSING
from depthperception.pose.tracking import Following
from depthperception.video import Frame, Still

SAME_BOTTOM_S = 0.3
"""Looks a quarter of a second apart place one bottom at two of their times."""


class Looking:
    """Looks at the pictures that are due, in a thread of its own, and asks after each whether a squat is over."""

    def __init__(self, judging: Judging) -> None:
        self._judging = judging
        self._counts = judging.counts
        self._due: queue.Queue[tuple[Frame, bool] | None] = queue.Queue(LOOKS_WAITING)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="looking")
        self._sightings: Sightings | None = None
        self._people: tuple[PersonTrack, ...] = ()
        self._following = Following()
        self._unfollowed: deque[Still] = deque(maxlen=round(BEFORE_S / COARSE_STEP_S))
        self._lifter: tuple[PersonTrack, tuple[PersonTrack, ...]] | None = None
        self._since_s = self._last_s = self._step_s = 0.0
        self._stood_s = self._ahead_s = -np.inf
        self._cell = -1
        self._work = self._thread.submit(self._look_on)

    @property
    def ended(self) -> bool:
        """Whether looking came to an end, as by an error, which `close` raises."""
        return self._work.done()

    def take(self, arrival: Arrival) -> None:
        """Count frames and the gaps between them, and let those be looked at that are due, if there is time."""
        for frame in arrival.frames:
            step_s = frame.time_s - self._last_s
            self._counts.gaps += self._counts.frames > 1 and step_s > FRAME_MISSING * self._step_s
            self._last_s, self._step_s = frame.time_s, step_s if self._counts.frames < 2 else min(step_s, self._step_s)
            self._counts.frames += 1
            cell, before = int(frame.time_s / COARSE_STEP_S + 1e-3), self._cell
            if cell == before:
                continue
            self._cell = cell
            try:
                self._due.put_nowait((frame, cell // LOOK_EVERY != before // LOOK_EVERY))
            except queue.Full:
                self._counts.missed += 1

    def close(self) -> None:
        """Look at what waits; what was going on when the pictures ended is judged as it is."""
        while not self._work.done():
            with suppress(queue.Full):  # it may have ended meanwhile, and then nobody makes room
                self._due.put(None, timeout=0.1)
                break
        self._thread.shutdown()
        self._work.result()

    def _look_on(self) -> None:
        while (due := self._due.get()) is not None:
            self._look(*due)
        if self._sightings is not None and self._sightings.found:
            self._ask(self._sightings, ended=True)

    def _look(self, frame: Frame, everyone: bool) -> None:
        still = self._judging.memory.add_still(frame)
        options = self._judging.options
        if self._sightings is None:
            height, width = (round(side / still.scale) for side in still.rgb.shape[:2])
            self._sightings = Sightings((width, height), options.settings.tracking)
        sightings = self._sightings
        if everyone:
            sightings.look_at(frame)
            self._counts.looked += 1
            sightings.forget(frame.time_s - KEEP_S)
            self._following.forget(frame.time_s - KEEP_S)
            self._people = link(sightings.found, settings=options.settings.tracking)
            self._choose(sightings, still)
        self._unfollowed.append(still)
        while self._unfollowed and self._lifter is not None:
            self._following.look(self._unfollowed.popleft(), *self._lifter)
        if everyone:
            self._ask(sightings)
        self._look_ahead(sightings, frame.time_s)
        if everyone:
            self._judging.memory.let_go(may_have_begun_s(self._people, frame.time_s, self._since_s))

    def _choose(self, sightings: Sightings, still: Still) -> None:
        """Choose whom to follow, by what is known so far."""
        since_s, now_s = sightings.found[0].time_s, still.time_s
        options = self._judging.options
        choice = choose(
            self._people,
            sightings.picture_px,
            now_s - since_s,
            since_s=since_s,
            rule=options.lifter,
            settings=options.settings.selection,
        )
        number = choice.number or next(iter(choice.lifters), None)
        if number is None:
            self._lifter = None
        else:
            self._lifter = self._people[number - 1], replace(choice, number=number).others(self._people)

    def _ask(self, sightings: Sightings, *, ended: bool = False) -> None:
        """Ask whether a squat is over; if so its part of the film is judged."""
        now_s = sightings.found[-1].time_s
        squat = finished_squat(self._people, now_s, self._since_s, ended=ended)
        if squat is None:
            return
        self._since_s = squat.end_s
        self._counts.squats += 1
        piece = self._judging.memory.piece(squat, sightings.found, self._following.poses)
        if piece is None or not self._judging.submit(piece):
            self._counts.not_judged += 1

    def _look_ahead(self, sightings: Sightings, now_s: float) -> None:
        """Let how he stood be looked at once when he is down, and the bottom once while he still rises."""
        rising = rising_squat(self._people, now_s, self._since_s)
        down = rising or rising_squat(self._people, now_s, self._since_s, down=WELL_DOWN, rises=0.0, for_s=0.0)
        if down is None or abs(down.bottom_s - self._ahead_s) < SAME_BOTTOM_S:
            return
        if rising is None and down.start_s <= self._stood_s:
            return
        if rising:
            self._judging.memory.keep_pictures()
        piece = self._judging.memory.piece(down, sightings.found, self._following.poses)
        if piece is None or not self._judging.look_ahead(piece, standing_alone=rising is None):
            return
        self._stood_s = down.start_s
        if rising:
            self._ahead_s = rising.bottom_s
