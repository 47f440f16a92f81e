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
        Frames that get all looks: the deepest one, as in training. Its two neighbours add nothing: of 25 attempts of 12
        films they move the depth by .15 cm (rms; .33 at most), and cost a second of the processor each attempt.
    planar_frames
        Frames by which it is measured where a network that a user brings, or a file, gives landmarks of the picture
        alone: the deepest and its neighbours, which have one to four looks each.
    bottom_within_s
        Neighbours must be so near, one and a half steps of 24 frames a second, else only the deepest is looked at: at
        ten a second its neighbours are 2.5 cm higher (at 5 m/s2), and the median of three is one of them.
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
    end_frames
        Frames of each end of an attempt in which the lifter is looked at closely, from one region: three tell their
        noise. They cost a second of the processor, which the first word of an attempt does without (0) while a camera
        runs.
    smeared_cm_s
        Error (sd) for each second that is missing before a bottom whose pictures are predicted from what is missing.
        Of 13 bottoms (tests/data and demo, without another key frame) those after one or two lost frames err by .6 cm
        beside their own error, those after .12 to .45 s by 3.0.
    """

    scan_s: float = 0.2
    scan_step_s: float = 0.02
    bottom_frames: int = 1
    planar_frames: int = 3
    bottom_within_s: float = 0.0626
    bottom_smoothing_s: float = 0.08
    standing_before_s: tuple[float, ...] = (0.8, 0.4)
    standing_least: float = 0.93
    strayed: float = 0.08
    end_frames: int = 3
    smeared_cm_s: float = 10.0


@dataclass(frozen=True)
class SquatForm:
    """What tells a squat from everything else in which hips go down and up.

    Attributes
    ----------
    least_presence
        The pose network's word for somebody being there: MediaPipe's own default.
    hidden_presence
        Below this, standing or at the bottom, he is taken to be hidden. Behind plates the network doubts him and places
        him well all the same: of 39 rendered lifters the least had .35.
    upright_m
        How far over the hips the shoulders of somebody who stands are at least: a lifter on a bench has them beside
        each other.
    least_fall
        Fall of the hips in the picture, in shoulder heights over the feet, that a squat has: by geometry a quarter
        squat's.
    shoulders_too
        Part of the hips' fall that the shoulders fall at least: by geometry a trunk that leans forward brings them
        down further than the hips, and a near camera halves that at most; a third of it is nothing that a squat is.
    least_fall_m
        Fall of the hips that is a squat when the feet are out of the picture: below half of the .43 m that a thigh's
        length of fall would be.
    needs_knees
        Such a fall that straight knees do not allow: the legs would have to lean 40 degrees. Knees count up to there
        only: from behind or beside a rack's post the network sees those of a squat bend by 25 degrees (three of 64
        rendered lifters). Where the feet end elsewhere they count always: feet that are guessed rise as those of one
        whom the camera follows down.
    least_flexion_deg
        Smallest bend of the knee between standing and bottom: by geometry a quarter squat bends 65, a good morning
        hardly. BlazePose is off by up to 15 degrees (Cosoli et al. 2026).
    most_split
        Ankles fore and aft of each other, in standing legs: feet side by side differ by a foot's length at most, .3; in
        a lunge with both knees at right angles a thigh and a shank lie between them, 1; half of that is a split.
    most_off_balance
        Trunk's middle before or behind the ankles, in standing legs, of somebody whose feet stand. By statics, with a
        foot that reaches .2 m before its ankle and .06 behind, it is .23 before or .13 behind at most; the network's
        metres err by .2 and, of lifters behind plates, by more: who ends where he began may be one of those.
    sits_behind, sits_over, sits_s
        Who sits has the trunk so far behind (on a chair with upright shanks half a leg), hips so high (a chair's seat
        is at .5 legs), and rests: for so long he stays within `sits_within` of his lowest. A squat that turns round at
        1.5 m/s2, slowly, is there for .5 s.
    sits_within
        In standing legs.
    hanging
        Height of the hands between shoulders (0) and hips (1) from which on they hang, as under a bar that is pulled:
        by geometry they then are at 1.1; of 64 rendered squatters followed well none had .67.
    hands_m
        Hanging hands are taken to be below the knees up to this above them: the network guesses hands behind a plate,
        and a bar on the floor is at .22 m, the knees at .5.
    most_hand_travel
        How far the hands go from standing to bottom and to the end, in trunks: from hanging (1.1) to the shoulders or
        in front of them (-.2) is the most that a squat has; from overhead (-1) to the hips is a load that is put down.
    hands_seen
        The network's word for a hand from which on it is more likely seen than not: hands that are guessed behind
        plates do not tell a pull from a squat.
    in_place
        How far an ankle may be from where it was, in shoulder heights over the feet: .28 m, a foot's length.
    as_others
        Part of the falls of the film's others. By geometry a bar's walk-out on soft knees falls a quarter squat's way,
        .3 of a squat to parallel; what falls less than half and ends elsewhere is none. What falls half as far as they
        do, in place, counts even where the knees are not seen to bend.
    """

    least_presence: float = 0.5
    hidden_presence: float = 0.25
    upright_m: float = 0.2
    least_fall: float = 0.1
    shoulders_too: float = 1 / 3
    least_fall_m: float = 0.2
    needs_knees: float = 0.14
    least_flexion_deg: float = 35.0
    most_split: float = 0.5
    most_off_balance: float = 0.4
    sits_behind: float = 0.35
    sits_over: float = 0.45
    sits_s: float = 0.8
    sits_within: float = 0.05
    hanging: float = 0.85
    hands_m: float = 0.1
    most_hand_travel: float = 1.4
    hands_seen: float = 0.5
    in_place: float = 0.2
    as_others: float = 0.5


@dataclass(frozen=True)
class AttemptDetection:
    """What is an attempt at a squat, and where it begins and ends.

    Attributes
    ----------
    least_drop
        Smallest fall of the hips that is an attempt, in standing legs: by geometry a quarter squat (thigh at 45
        degrees, shank at 20) falls .17. What good mornings and walking do on real video has not been measured.
    stands
        Hips from which on somebody may stand, in standing legs: by geometry his knees are bent by 74 degrees there. A
        film, or a shot, that begins with them lower begins inside a descent.
    recovered
        Part of the descent that must be climbed again before a new one is another attempt: less is a double bounce.
    unlocked
        Part of the descent at which it has begun, and at which the ascent is over: "knees unlocked", above the noise.
    smoothing_s
        Gaussian sigma: hides the network's jitter at 10 looks a second and moves no bottom by more than a frame.
    hurried_s
        Time between looks at a descent of which the coarse pass has single looks: half of that pass's. In drawn sets of
        reps without a pause, looks off by 2 cm, all are found from .6 s a rep on then, at .125 s from .6 s (deep) and
        1.25 s (shallow) on.
    hurried_reach_s
        How far round such a bottom: two looks of the coarse pass, to where the reps of the fastest set stand.
    coarse_smoothing_s
        Gaussian sigma of the lowest point of the coarse track. On 77 squats in rendered meets the metres alone erred by
        .12 s (rms), this errs by .04.
    reach_s
        How far the lowest point may be from where the pose model's metres put it, likewise.
    camera_smoothing_s
        Gaussian sigma of the feet's course, which is the camera's: on 39 rendered squats the bottom errs by .04 s (rms)
        with it as without; where the camera follows the lifter by .15 of the picture in 1.2 s by .06 instead of .33.
    least_visibility
        The pose network's word for a landmark that is seen: MediaPipe's own default.
    least_rise_m
        What hips and shoulders must fall and rise again for a lowest point to be a bottom: twice the network's jitter.
    rest_s
        Who stays within that for so long when the film ends has reached his bottom: the slowest descent (3 s for half a
        metre) falls 5 cm in it.
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
    form
        What tells a squat from everything else.
    refinement
        How the frames that decide are looked at.
    """

    least_drop: float = 0.15
    stands: float = 0.8
    recovered: float = 0.6
    unlocked: float = 0.1
    smoothing_s: float = 0.08
    hurried_s: float = 0.0625
    hurried_reach_s: float = 0.25
    coarse_smoothing_s: float = 0.12
    reach_s: float = 0.5
    camera_smoothing_s: float = 0.25
    least_visibility: float = 0.5
    least_rise_m: float = 0.02
    rest_s: float = 0.3
    margin_s: float = 0.6
    least_standing_leg_m: float = 0.45
    most_standing_leg_m: float = 1.3
    stood_up: float = 0.75
    not_stood_up: float = 0.5
    form: SquatForm = SquatForm()
    refinement: BottomRefinement = BottomRefinement()


ATTEMPTS = AttemptDetection()
"""The defaults."""
