"""The numbers by which attempts are found, and by which their bottoms are looked at closely."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BottomRefinement:
    """How the frames that decide are looked at.

    Attributes
    ----------
    scan_s
        Reach of the scan round the coarse bottom: none of 77 in rendered meets was off by more, but where somebody else
        had been followed.
    scan_step_s
        Least time between scanned frames: between 50 frames a second the hips move by at most 0.25 mm (at 5 m/s2).
    bottom_frames
        Frames that get all looks: the deepest and its neighbours. Chosen for its cost, not by a measurement of the
        depth.
    bottom_smoothing_s
        Gaussian sigma of the bottom's time: on 71 squats in rendered meets it errs by .046 s (rms) by hips and
        shoulders in both passes, and erred by .073 by the hips in this one at .05.
    standing_before_s
        Times before the descent at which the standing lifter is looked at: in position, bar settled.
    standing_least
        Part of the standing leg that the hips' height must reach to count as standing.
    strayed
        Distance from the sighting, in heights, beyond which a look is not all at the lifter: undisturbed ones are at
        .01 to .05, those that took shoulders or a leg from a spotter at .1 to .22 (tests/data/spotted.mp4).
    """

    scan_s: float = 0.2
    scan_step_s: float = 0.02
    bottom_frames: int = 3
    bottom_smoothing_s: float = 0.08
    standing_before_s: tuple[float, ...] = (0.8, 0.4)
    standing_least: float = 0.93
    strayed: float = 0.08


@dataclass(frozen=True)
class AttemptDetection:
    """What is an attempt at a squat, and where it begins and ends.

    Attributes
    ----------
    least_drop
        Smallest fall of the hips that is an attempt, in standing legs: by geometry a quarter squat (thigh at 45
        degrees, shank at 20) falls .17. What good mornings and walking do on real video has not been measured.
    recovered
        Part of the descent that must be climbed again before a new one is another attempt: less is a double bounce.
    unlocked
        Part of the descent at which it has begun, and at which the ascent is over: "knees unlocked", above the noise.
    least_flexion_deg
        Smallest bend of the knee between standing and bottom: by geometry a quarter squat bends 65, a good morning
        hardly. BlazePose is off by up to 15 degrees (Cosoli et al. 2026).
    least_fall
        Fall of the hips in the picture, in shoulder heights over the feet, that a squat has: by geometry a quarter
        squat's.
    needs_knees
        Such a fall that straight knees do not allow: the legs would have to lean 40 degrees. Knees count up to there
        only: from behind or beside a rack's post the network sees those of a squat bend by 25 degrees (three of 64
        rendered lifters).
    hanging
        Height of a standing lifter's hands between his shoulders (0) and hips (1) from which on they hang at his sides,
        as under a bar that is pulled: by geometry they then are at 1.1; of 64 rendered squatters followed well none had
        .67.
    least_fall_m
        Fall of the hips that is a squat when the feet are out of the picture: below half of the .43 m that a thigh's
        length of fall would be.
    upright_m
        How far over the hips the shoulders of somebody who stands are at least: a lifter on a bench has them beside
        each other.
    smoothing_s
        Gaussian sigma: hides the network's jitter at 10 looks a second and moves no bottom by more than a frame.
    coarse_smoothing_s
        Gaussian sigma of the lowest point of the coarse track. On 77 squats in rendered meets the metres alone erred by
        .12 s (rms), this errs by .04.
    reach_s
        How far the lowest point may be from where the pose model's metres put it, likewise.
    margin_s
        Standing shown before the knees unlock and after the lockout: the standing leg is measured there.
    least_standing_leg_m, most_standing_leg_m
        Hip to ankle of anybody who stands, with room for the model's error in scale.
    stood_up
        Part of the descent that a completed lift climbs: the lowest of 221 clips of the published data set that were
        stood up has .81. Sets often end each rep short of the first lockout.
    not_stood_up
        A lifter who has climbed no more of the descent than this at the end has not stood up: in the published data set
        failed ascents stay at or below .07. The front models were taught with the default, and keep it.
    refinement
        How the frames that decide are looked at.
    """

    least_drop: float = 0.15
    recovered: float = 0.6
    unlocked: float = 0.1
    least_flexion_deg: float = 35.0
    least_fall: float = 0.1
    needs_knees: float = 0.14
    hanging: float = 0.85
    least_fall_m: float = 0.2
    upright_m: float = 0.2
    smoothing_s: float = 0.08
    coarse_smoothing_s: float = 0.12
    reach_s: float = 0.5
    margin_s: float = 0.6
    least_standing_leg_m: float = 0.45
    most_standing_leg_m: float = 1.3
    stood_up: float = 0.75
    not_stood_up: float = 0.5
    refinement: BottomRefinement = BottomRefinement()


ATTEMPTS = AttemptDetection()
"""The defaults."""
