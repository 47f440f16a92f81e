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
    least_overlap_s
        What both films show must last so long: a fast squat down and up.
    least_correlation
        Of the hips' courses in two films of one lift; what two different attempts reach is in docs/multiview.md.
    candidates
        Offsets that are looked at closely: repetitions look alike.
    search_s
        Reach of the fine search round the coarse offset.
    offset_sd_s
        Error of an offset by motion (sd), on rendered pairs.
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
    """

    step_s: float = 1.0 / 31.0
    beside_s: float = 0.8
    smoothing_s: float = 0.1
    fine_smoothing_s: float = 0.05
    least_overlap_s: float = 1.5
    least_correlation: float = 0.8
    candidates: int = 4
    search_s: float = 0.25
    offset_sd_s: float = 0.006
    sound_over_rest: float = 1.5
    sound_sd_s: float = 0.008

    joint_sd_m: float = 0.025
    cauchy_sd: float = 2.0
    triangulation_steps: int = 8
    bone_sd_m: float = 0.01
    leg_steps: int = 25


TOGETHER = Together()
