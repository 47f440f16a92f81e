"""The numbers by which several views are put together."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Together:
    """How views are followed, synchronised and adjusted.

    Attributes
    ----------
    step_s
        Least time between followed frames: hips and shoulders of a squat have nothing above 3 Hz, and 30 a second tell
        it from jitter.
    beside_s
        Standing that is followed before and after each attempt: there the views' clocks are told apart from a drift.
    smoothing_s, fine_smoothing_s
        Gaussian sigmas of the hips' course for the coarse offset, and of all courses for the fine one: jitter goes,
        turning points stay.
    least_jitter
        In standing heights: a landmark that jitters less is no surer, it is smoothed.
    ways_of_moving
        Of all landmarks together, that are compared: down and up, and leaning over. More are jitter.
    part_s
        Of a film, which is left out to see by how much the offset hangs on it: errors of a pose go together for less.
    least_overlap_s
        What both films show must last so long: a fast squat down and up.
    least_correlation
        Of the hips' courses in two films of one lift; what two different attempts reach is in docs/multiview.md.
    candidates
        Offsets that are looked at closely: repetitions look alike.
    search_s
        Reach of the fine search round the coarse offset.
    offset_sd_s
        Of an offset by motion (sd), beside what its own film says: poses of one film are late or early together, by
        up to 7 ms against true joints, and no part of it shows that (66 rendered pairs of six squats).
    unsure_offset_s
        An offset whose error (sd) is larger is said to be unsure: half a frame of 30 a second.
    sound_over_rest, sound_sd_s
        By how much the best offset by sound must stand out, and its error: sound takes 3 ms a metre.
    joint_sd_m
        Error of one look at a joint (sd), whichever view; a joint that the network doubts errs by more, its visibility
        to one over that.
    cauchy_sd
        A view so many standard deviations off counts half.
    triangulation_steps
        Of Gauss and Newton; after six nothing moves by a tenth of a millimetre.
    bone_sd_m
        How far a bone may differ from its median length: landmarks lie on joints that cloth and flesh hide.
    leg_steps
        Of the fit of the legs, at most.
    rough_turn_deg, rough_shift_m, rough_gravity_deg
        Errors of cameras that are placed by how they see the standing lifter (sd): the azimuth errs by 15 degrees, and
        where the camera stands with it. Gravity is each camera's own, by the errors of its pitch and roll; the world's
        is what they make of it.
    focal_share
        How much the focal length of phones' main cameras differs from the usual one (sd).
    lifter_turn_deg, lifter_shift_m, lifter_focal_share, lifter_gravity_deg
        Errors of cameras that were calibrated by the lifter, and of gravity then (docs/multiview.md).
    offset_cm, offset_of_both_cm, offset_stature_m
        By how much fitted legs are too deep, at a stature, where cameras stand at one side of the lifter and at both:
        the learnt offsets, from rendered squats (docs/multiview.md). A leg that no camera sees is taken for deeper.
    beside_deg
        A camera so far from before or behind him stands at a side.
    fit_sd_factor, apart_sd_factor
        Factors on the error that the fit claims of both legs together, and of how they differ.
    views_correlation
        Of what different views err at the same legs, by fits of disjoint pairs of cameras: the fit takes them for
        independent, so that each view beyond two would count for too much.
    usual_misfit
        Of the worst view, in standard deviations, on nine in ten rendered squats.
    fit_correlation, singles_correlation
        Of the errors of the fit with a single view's reading, and of two views' readings.
    most_misfit
        Of a view's points, in standard deviations, beyond which views, or a calibration, contradict each other.
    much_disagreement
        Factor on the error by disagreement from which on it is said.
    much_apart_sd
        Of the difference of two views' depths by themselves, beyond which they may be of two lifts, and the error of
        both together grows by as much: one pair in four hundred by chance, 5 of 876 rendered ones.
    least_turn_deg
        Cameras that, by the lifter, look the same way within this add little, or one is mirrored: of 48 rendered pairs
        at 45 and 315 degrees with one picture mirrored 44, of 252 of all kinds as they are none.
    same_bottom_s
        Bottoms of two views so near on one clock are one.
    gravity_agrees_deg
        A calibration's own vertical counts where the standing lifter is within this of it: worlds of boards on walls
        and of first cameras are often not upright.
    file_gravity_deg
        Error of gravity as a calibration states it: of a board on the floor, and of the floor.
    """

    step_s: float = 0.032
    beside_s: float = 0.8
    smoothing_s: float = 0.1
    fine_smoothing_s: float = 0.05
    least_jitter: float = 0.001
    ways_of_moving: int = 2
    part_s: float = 0.3
    least_overlap_s: float = 1.5
    least_correlation: float = 0.8
    candidates: int = 4
    search_s: float = 0.25
    offset_sd_s: float = 0.002
    unsure_offset_s: float = 0.017
    sound_over_rest: float = 1.5
    sound_sd_s: float = 0.008
    joint_sd_m: float = 0.025
    cauchy_sd: float = 2.0
    triangulation_steps: int = 8
    bone_sd_m: float = 0.01
    leg_steps: int = 25
    rough_turn_deg: float = 20.0
    rough_shift_m: float = 1.0
    rough_gravity_deg: float = 0.5
    focal_share: float = 0.07
    lifter_turn_deg: float = 1.5
    lifter_shift_m: float = 0.04
    lifter_focal_share: float = 0.05
    lifter_gravity_deg: float = 1.1
    offset_cm: float = 1.29
    offset_of_both_cm: float = 0.92
    beside_deg: float = 20.0
    offset_stature_m: float = 1.75
    fit_sd_factor: float = 0.95
    apart_sd_factor: float = 1.0
    views_correlation: float = 0.2
    usual_misfit: float = 0.9
    fit_correlation: float = 0.65
    singles_correlation: float = 0.45
    most_misfit: float = 2.0
    much_disagreement: float = 2.0
    much_apart_sd: float = 3.0
    least_turn_deg: float = 20.0
    same_bottom_s: float = 0.4
    gravity_agrees_deg: float = 12.0
    file_gravity_deg: float = 0.5


TOGETHER = Together()
