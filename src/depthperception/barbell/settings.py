"""The numbers by which plates are found, fitted with the camera, and followed."""

from dataclasses import dataclass

import numpy as np


def _grid(start: float, stop: float, step: float) -> tuple[float, ...]:
    return tuple(float(value) for value in np.arange(start, stop, step))


@dataclass(frozen=True)
class EdgeVotes:
    """How a picture's pixels vote for an outline.

    Attributes
    ----------
    flat_vote
        Vote of a pixel without an edge: something must hide a rim, or look just like it, for it to leave none.
    noise
        Gradient, grey levels a pixel, that counts half: a phone's noise and compression in a smoothed picture.
    hidden
        Sides may have this many votes more than top and bottom, or fewer: arms and the trunk hide parts.
    """

    flat_vote: float = -0.15
    noise: float = 4.0
    hidden: float = 0.15


EDGES = EdgeVotes()
"""The defaults."""


@dataclass(frozen=True)
class CameraSearch:
    """Where the fit of camera and bar begins.

    Attributes
    ----------
    big_looks_m
        The least that a big plate's radius is taken for by the lifter's height or the model's metres, which err by a
        tenth or so. The next smaller plates measure 40 cm and less across, and cannot all be told from big ones: hence
        --plate-cm. Larger ones than 45 cm there are none.
    big_looks_alone_m
        Likewise of a single plate at the end of the fit: its distance stays uncertain; the middle (by ratio) between
        big ones and plates of 36 cm.
    perhaps_big_m
        Likewise by a single plate, whose distance is not known.
    coarse_radius_px
        Pictures are shrunk until plates are so large, for the first fits to reach 7 % of a radius.
    log_distances, azimuths_deg, rolls_deg
        Where the other plate is sought: twice the errors of what is known, in steps that a fit bridges.
    likely
        Places that get the most votes in the first picture.
    sought_in
        Pictures in which these are looked at.
    starts
        Places where it may be from which the fit is tried.
    least_far_vote
        Vote at the rim of the other plate with which it is there. Where there is none the best that is found gets .3 to
        .5.
    least_both
        Votes at both rims together, likewise: up to 1.08.
    clear_vote
        Vote at each from which on nothing better is sought.
    spoilt
        A plate that costs the first one more of its votes is none: a bar is rigid.
    unlikely
        Vote that a place loses where it is off what is known by one sd.
    apart_log_distance, apart_azimuth_rad
        Places that are nearer in both are fitted to the same.
    """

    big_looks_m: float = 0.19
    big_looks_alone_m: float = 0.2
    perhaps_big_m: float = 0.15
    coarse_radius_px: float = 40.0
    log_distances: tuple[float, ...] = _grid(-0.9, 0.91, 0.15)
    azimuths_deg: tuple[float, ...] = _grid(-16.0, 16.1, 4.0)
    rolls_deg: tuple[float, ...] = (-4.0, 0.0, 4.0)
    likely: int = 60
    sought_in: int = 4
    starts: int = 4
    least_far_vote: float = 0.3
    least_both: float = 1.05
    clear_vote: float = 0.8
    spoilt: float = 0.1
    unlikely: float = 0.02
    apart_log_distance: float = 0.2
    apart_azimuth_rad: float = 0.1


@dataclass(frozen=True)
class CameraFitting:
    """How camera and bar are fitted to the rims of both plates.

    Attributes
    ----------
    log_distance_sd, azimuth_sd_rad
        Errors of what is known before: rms over 111 rendered meets .37 and .20 (half of the azimuths within .11). Those
        of pitch and roll come with the camera.
    own_scale_sd
        Error of the logarithm of the scale as known without plates.
    thickness_m, thickness_sd_m
        Of the large plates at one end: one to three of 3 to 6 cm.
    beside_m
        Distance of the bar's middle from the shoulders', sd: the bar lies behind them and the trunk leans.
    rim_px
        Error of a point of a rim, with Cauchy's tails.
    told
        Part of the points that tell something of their own.
    rounds
        Steps of the fit.
    reweights
        Robust weights within each.
    longest_step
        Of a logarithm, an angle, or a thickness at a time.
    least_seen
        Part of a rim that is in the picture and not behind the near plate, with less of which nothing is known of it:
        what then sticks out is an arm or the near stack as often as a plate.
    reach_px, step_px
        Edges are sought this far to both sides of a rim, in such steps.
    at_rim_px
        An edge this near to the rim votes for it: a fit leaves it no further away.
    search
        Where it begins.
    """

    log_distance_sd: float = 0.4
    azimuth_sd_rad: float = 0.17
    own_scale_sd: float = 0.1
    thickness_m: float = 0.1
    thickness_sd_m: float = 0.05
    beside_m: float = 0.06
    rim_px: float = 1.0
    told: float = 0.35
    rounds: int = 7
    reweights: int = 4
    longest_step: float = 0.25
    least_seen: float = 0.5
    reach_px: float = 3.0
    step_px: float = 0.5
    at_rim_px: float = 1.25
    search: CameraSearch = CameraSearch()


CAMERA = CameraFitting()
"""The defaults."""


@dataclass(frozen=True)
class PlateFollowing:
    """How a plate that was found is followed.

    Attributes
    ----------
    every_s
        Least time between pictures in which it is followed: at 2 m/s a bar moves 3 cm.
    before_s, after_s
        It is followed from this long before the hips fall to this long after they are up.
    lost, sure
        Parts of its votes below which a plate is lost in a frame, and is sought further away too.
    strays_m
        A plate keeps its place against the shoulders within what it did where it was found, and this much.
    step_m
        How far a plate moves against the shoulders between frames.
    further
        So many times that where it is sought further away.
    recent_s
        Plates are seen to go on in the same way for about so long: half of the time in which a bar turns round.
    longest_step, jump
        A place is an error that is further from the middle of its neighbours than this many times the usual distance,
        and than this part of the radius (2 cm).
    moves_round
        Radii round a plate's middle that it, its stack and the end of the bar take up.
    goes, least_way
        Way down of a plate over that of the shoulders below which it is not their bar's (32 plates of 19 films have .64
        and more of the head's way), where they move so many radii (root of the mean square).
    """

    every_s: float = 0.015
    before_s: float = 0.5
    after_s: float = 0.5
    lost: float = 0.5
    sure: float = 0.8
    strays_m: float = 0.08
    step_m: float = 0.05
    further: float = 2.5
    recent_s: float = 0.3
    longest_step: float = 3.0
    jump: float = 0.1
    moves_round: float = 1.6
    goes: float = 0.4
    least_way: float = 0.3


@dataclass(frozen=True)
class PlateLinking:
    """How plates that a detector finds in single pictures are linked through an attempt.

    Attributes
    ----------
    least_score
        Of a find: on held-out pictures .82 of the plates get it, and .52 of the finds are plates.
    least_found
        Moments of the seven at which a plate is found: standing ones alone would link what is stored.
    least_mean, least_mean_other
        Mean score over all moments, where it is not found counting 0: a plate that one picture in two shows at the
        detector's own threshold; and likewise of one that goes as the bar's other end does.
    reach, soon_s
        Radii from where the lifter's trunk, or half of its own last step, carries a plate, within which it is sought so
        soon after, later in proportion: shoulders that a plate hides jump by most of one, so does a descent of 1.5 m/s.
    log_size
        Heights of the boxes of one plate differ by less (logarithm).
    least_way
        Radii that the trunk, or a plate that is followed, must go: what stays and what goes could not be told.
    least_slope, most_slope
        Way of a plate over the trunk's: of a bar 1, in the picture up to twice that where its near end is half as far
        away as the lifter; what is stored has 0, and what is linked to it by chance less than half.
    same_iou, most
        Two chains that overlap more are one plate; a bar has so many ends.
    under
        Distance of the bar's middle from his shoulders who has it, in his height, to the side and up, one sd: it lies
        .1 m behind and below them, hidden ones are off by as much, and nobody else has room within .6 m of him, .35.
    """

    least_score: float = 0.3
    least_found: int = 4
    least_mean: float = 0.2
    least_mean_other: float = 0.1
    reach: float = 1.2
    soon_s: float = 0.5
    log_size: float = 0.35
    least_way: float = 1.0
    least_slope: float = 0.5
    most_slope: float = 2.2
    same_iou: float = 0.4
    most: int = 2
    under: float = 0.07


LINKING = PlateLinking()
"""The defaults."""


@dataclass(frozen=True)
class UnborneBar:
    """How a bar is known that goes down and up though nobody does who is seen.

    Attributes
    ----------
    every, most_pictures
        Of the pictures of the coarse pass every so many is looked at, and no more than so many in a film: half a second
        apart one at least is near a bottom.
    aside, log_size
        Radii to the side within which a plate is the same, and the difference of its height (logarithm), as of those
        that are linked.
    same_place, least_rise
        Radii in height within which it is where it was, and that it comes from and goes back to: a squat's .4 m.
    least_seen
        Pictures before and after in which it is up there, alone.
    over_shoulders
        Times by which the bar goes further than the shoulders of anybody who is seen.
    """

    every: int = 4
    most_pictures: int = 24
    aside: float = 1.2
    log_size: float = 0.35
    same_place: float = 0.7
    least_rise: float = 1.5
    least_seen: int = 2
    over_shoulders: float = 1.5


UNBORNE = UnborneBar()
"""The defaults."""


@dataclass(frozen=True)
class PlateDetection:
    """What is sought as a plate, and what is taken for one.

    Attributes
    ----------
    moments
        Pictures from standing to standing in which plates are sought.
    least_moments
        Without which a plate is not told from the room.
    coarse_px_per_m, fine_px_per_m
        Of the patches: the coarse tell 2 cm, the fine are about what a phone shows of a lifter who fills its picture.
    azimuth_slack_deg
        The view is known to a few degrees: ellipses are looked for that are this much narrower, and widened from there.
    radii_m
        From the smallest plates (25 cm across) to big ones whose distance is a third off.
    widths_m
        Of a stack in the squeezed patch.
    away_m
        How far a plate may be off the line of the shoulders, one sd.
    steady_m
        How far a plate moves against the shoulders in an attempt: the trunk leans under the bar, landmarks err.
    fitted
        Outlines a side that are fitted finely.
    fit_steps
        The fit goes over everything in ever finer steps; that of the camera goes on from there.
    chance_vote
        Mean vote that the best outline gets where there is no plate.
    left_m
        A plate has left its place when it is this far away.
    room_share
        Of the votes that the place then still gets, taken off: people and plates behind may pass there.
    least_weight
        Weight of an outline that is taken for a plate: of 22 rendered bars without plates the best outline reached
        .043.
    worth_a_look
        A lighter outline down to here is one if the other end of the bar has one too.
    least_together
        Votes at both rims with which it has, of the fit that begins with it. Of bars without plates the best reached
        1.08.
    least_vote
        At the rim of a plate that was fitted: plates have .54 and more, outlines elsewhere mostly .2 to .4.
    plain_vote
        Of an outline that is followed though no camera and bar fit it, and is no ruler then: of bars without plates the
        best had .66; of 33 rendered bars whose plates were not found so four have one, and all four are plates.
    linked_vote
        Of an outline that was fitted to what the detector found at most moments, to be followed though no camera and
        bar fit it: what says that it is a plate is the detector, and the rim says where it is.
    linked_off
        Radii from where the camera puts that end of the bar: an azimuth that is off by 40 degrees moves it by two.
    linked_sizes
        Of a box that the detector gives, at which fits of its outline begin: boxes err by a tenth, by more round stacks
        that stands towards the camera, and the rim inside a plate's lip is a fifth smaller than the plate.
    alike
        Radii and log radius by which a fitted bar's plate may differ from that outline: else the fit went elsewhere.
    attempts
        In so many of the attempts, one after the other, plates are sought until one is found; with 0 none is sought.
    edges
        How pixels vote.
    unborne
        How a bar is known that goes down and up though nobody does who is seen.
    linking
        How plates that are found in single pictures are linked.
    following
        How a plate that was found is followed.
    """

    moments: int = 7
    least_moments: int = 4
    coarse_px_per_m: float = 50.0
    fine_px_per_m: float = 120.0
    azimuth_slack_deg: float = 8.0
    radii_m: tuple[float, ...] = _grid(0.09, 0.301, 0.015)
    widths_m: tuple[float, ...] = (0.0, 0.1, 0.25)
    away_m: float = 0.15
    steady_m: float = 0.06
    fitted: int = 3
    fit_steps: tuple[float, ...] = (1.0, 0.5)
    chance_vote: float = 0.25
    left_m: float = 0.2
    room_share: float = 0.5
    least_weight: float = 0.055
    worth_a_look: float = 0.012
    least_together: float = 1.15
    least_vote: float = 0.5
    plain_vote: float = 0.7
    linked_vote: float = 0.4
    linked_off: float = 3.0
    linked_sizes: tuple[float, ...] = (0.8, 1.0, 1.25)
    alike: float = 0.15
    attempts: int = 3
    edges: EdgeVotes = EDGES
    linking: PlateLinking = LINKING
    unborne: UnborneBar = UNBORNE
    following: PlateFollowing = PlateFollowing()


PLATES = PlateDetection()
"""The defaults."""
