"""What is kept of the last while: film, frames' times, small pictures, everyone; and a piece of it as a case."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from depthperception.case import COARSE_STEP_S, Case, case_of, find_people
from depthperception.live.feed import Arrival, Feed, Kept
from depthperception.live.ring import Ring
from depthperception.live.settings import BEFORE_S, FOLLOWED, KEEP_S
from depthperception.live.trigger import Squat
from depthperception.options import Options
from depthperception.people import Detections, FrameDetections
from depthperception.pose.track import Pose, PoseTrack, stack
from depthperception.pose.tracking import OTHER, SIDE_PX
from depthperception.types import Picture, silent
from depthperception.video import EditingWatch, Frame, FrameCache, Recall, Recalled, Source, Still, probe

SAME_TIME_S = 1e-4


@dataclass(frozen=True, eq=False)
class Seen:
    """What is kept of every frame: when it is shown, when it came (`time.monotonic`), its thumbnail, and its damage."""

    time_s: float
    moment_s: float
    thumbnail: Picture
    is_whole: bool


@dataclass(frozen=True, eq=False)
class Piece:
    """The part of the film that shows one squat, and everything that was seen of it; times are the feed's.

    `recall` has pictures of the film, where a file of it has the very same; None where it may have fewer.
    """

    squat: Squat
    began_s: float
    packets: Sequence[Kept]
    seen: Sequence[Seen]
    stills: Sequence[Still]
    sightings: Sequence[FrameDetections]
    poses: Sequence[Pose] = ()
    recall: Recall | None = None

    def came_s(self, time_s: float) -> float:
        """Say when the frame nearest to a time came."""
        return min(self.seen, key=lambda one: abs(one.time_s - time_s)).moment_s

    @property
    def is_whole(self) -> bool:
        """Whether every picture of it that was due was looked at, and is kept."""
        return len(self.stills) >= int((self.stills[-1].time_s - self.began_s) / COARSE_STEP_S)

    def case(self, video: Path, options: Options) -> Case:
        """Give the case of this piece, which was written to a file.

        It is what a first pass over that file finds, and is found so where looks were left out.
        """
        if not self.is_whole:
            return find_people(video, options, silent)
        info, watch = probe(video), EditingWatch()
        times_s = np.array([one.time_s - self.began_s for one in self.seen])
        for time_s, one in zip(times_s.tolist(), self.seen, strict=True):
            watch.offer(time_s, one.thumbnail)
        stills = [replace(one, time_s=one.time_s - self.began_s) for one in self.stills]
        source: Source = video
        if self.recall is not None:
            source = Recalled(video, self.began_s, np.array([one.time_s for one in self.seen]), self.recall)
        cache = FrameCache.of_all(source, stills, every_s=COARSE_STEP_S, max_side_px=SIDE_PX)
        sightings = tuple(replace(one, time_s=one.time_s - self.began_s) for one in self.sightings)
        case = case_of(options, info, cache, Detections(times_s, sightings, editing=watch.finish())).under_bar()
        return replace(case, followed=self._followed(case))

    def _followed(self, case: Case) -> PoseTrack | None:
        """Give the track that was made meanwhile; None where it is not whole, or another one than the chosen's."""
        choice = case.choose()
        if choice.number is None or not self.poses:
            return None
        person = case.people[choice.number - 1]
        track = stack([replace(one, time_s=one.time_s - self.began_s) for one in self.poses])
        looks = zip(track.times_s.tolist(), track.image_px, strict=True)
        away = [float(person.apart(px[None], time_s)[0]) for time_s, px in looks]
        whole = len(track) >= FOLLOWED * len(self.stills) and np.mean(np.array(away) < OTHER) >= FOLLOWED
        return track if whole else None


class Memory:
    """The last while of a feed; pictures are added in one thread and looked at in another."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._ring = Ring(feed.stream, feed.base)
        self._seen: deque[Seen] = deque()
        self._stills: deque[Still] = deque()
        self._recall = Recall()
        self._lock = threading.Lock()

    def add(self, arrival: Arrival) -> None:
        """Take what came."""
        with self._lock:
            if arrival.packet is not None:
                self._ring.add(arrival.packet)
            for frame in arrival.frames:
                self._seen.append(Seen(frame.time_s, arrival.moment_s, frame.thumbnail(), frame.is_whole))
                self._recall.add(frame)

    def keep_pictures(self) -> None:
        """Keep the latest pictures as they were decoded: who looks at them soon need not decode them again."""
        self._recall.keep_latest()

    def add_still(self, frame: Frame) -> Still:
        """Keep a frame as a small picture, and let go of what is too old."""
        still = frame.still(SIDE_PX)
        with self._lock:
            self._stills.append(still)
            for kept in (self._seen, self._stills):
                while kept[0].time_s < still.time_s - KEEP_S:
                    kept.popleft()
        return still

    def let_go(self, begun_s: float) -> None:
        """Let go of small pictures that no squat needs that begins at a time or after it."""
        with self._lock:
            start_s = self._feed.time_of(self._ring.key_before(self._pts(begun_s - BEFORE_S)))
            while self._stills and self._stills[0].time_s < start_s - SAME_TIME_S:
                self._stills.popleft()

    def piece(self, squat: Squat, sightings: Sequence[FrameDetections], poses: Sequence[Pose]) -> Piece | None:
        """Give the part of the film that shows a squat; None where no key frame is left of it."""
        with self._lock:
            packets = self._ring.since(self._pts(squat.start_s - BEFORE_S))
            key_s = self._feed.time_of(packets[0].pts) if packets else np.inf
            start_s = max(key_s, self._seen[0].time_s) - SAME_TIME_S
            seen = [one for one in self._seen if one.time_s >= start_s]
            stills = [one for one in self._stills if one.time_s >= start_s]
        looks = [one for one in sightings if one.time_s >= start_s]
        followed = [one for one in poses if one.time_s >= start_s]
        if not (seen and stills and looks):
            return None
        exact = self._ring.hides_beginnings
        began_s = seen[0].time_s if exact else key_s
        recall = self._recall if exact and all(one.is_whole for one in seen) else None
        return Piece(squat, began_s, packets, seen, stills, looks, followed, recall)

    def _pts(self, time_s: float) -> float:
        return self._feed.origin + time_s / float(self._feed.base)

    def write(self, path: Path, piece: Piece) -> Path:
        """Write a piece as a file."""
        return self._ring.write(path, piece.packets, round(self._pts(piece.began_s)))
