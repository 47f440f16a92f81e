"""The numbers by which people are found and followed, and by which it is told who lifts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PersonTracking:
    """How everyone is found, and joined to one track for each.

    Attributes
    ----------
    every_s
        Time between two looks for everyone: a squat takes two seconds and more, so each gives eight sightings.
    remembered_s
        Whoever was seen within this time is expected to be there still.
    tile_share
        Side of a tile over the picture's: four of them overlap by a third, so that who stands on a seam is whole in
        one.
    cut_share
        A box this near to a tile's inner edge, as a part of the tile, is of somebody whom the tile cuts.
    same_body
        Mean distance of the body's points, in heights of the box, up to which two findings are one body found twice.
    same_box
        Overlap (intersection over union) from which on boxes of two looks are of one body; two looks differ by a hand.
    longest_absence_s
        A track ends after this long unseen: somebody who walks past between camera and lifter hides him for a second or
        two, and a lifter stays where he was.
    farthest_step
        Largest distance from where somebody is expected, in heights of the box: a squat's descent at 4 Hz moves the
        hips by .2. Of 11683 sightings on 237 renders 67 are in somebody else's track so, at .5 it was 141; eight tracks
        are torn, and seven were.
    farthest_seam
        Largest distance between the end of a track and the start of another of the same person, likewise: a body half
        hidden is found half wrong.
    colour_weight
        Cost of clothes that differ as black from white, in heights of the box: enough to tell two people who cross, not
        to tear a track: of 2741 sightings on renders half are within .01 of their track's own colours, 99 % within .11;
        of 148 pairs of people in one picture half differ by .14 or more.
    stranger
        Clothes that differ by this part of black to white are another person's, when nobody was seen in between: a
        little more than anybody differs from himself.
    most_growth
        Times by which a person may seem larger or smaller than in any of the sightings just before, all limbs and trunk
        together: a squat seen from the front shortens them to 1 / 1.4, from the side not at all (a stick figure of 1.75
        m); the rest is left to the network, which is off by a fifth where a picture is bad.
    soon_s
        Up to this long unseen, people go on as they went; later nobody knows.
    seen_part
        A place beside the shoulders counts when it was in the picture during this part of the shoulders' movement,
        squared.
    least_shared
        Less is told of no place: whatever moves otherwise than the shoulders speaks against a bar once.
    """

    every_s: float = 0.25
    remembered_s: float = 2.0
    tile_share: float = 0.6
    cut_share: float = 0.02
    same_body: float = 0.1
    same_box: float = 0.4
    longest_absence_s: float = 4.0
    farthest_step: float = 0.3
    farthest_seam: float = 0.5
    colour_weight: float = 0.6
    stranger: float = 0.15
    most_growth: float = 1.7
    soon_s: float = 0.6
    seen_part: float = 0.3
    least_shared: float = -0.5


@dataclass(frozen=True)
class CueWeights:
    """How a lifter's cues are measured, and how much each counts.

    Attributes
    ----------
    full_travel
        Fall of the hips, in standing heights, that surely is a squat: by geometry parallel is .25, a quarter squat .08.
    forearm_up
        Rise of the forearm, in trunks, that surely is one: half of a forearm's length, seen from above or below.
    hands_closer
        How much closer together than the shoulders, in trunks, hands may be at most: a bar is gripped wider than the
        shoulders, from every side of the camera; a spotter holds his together before his chest. Without this 61 of 64
        rendered lifters were chosen right, with it 63.
    hands_low, hands_high
        Height of the hands under the shoulders, in trunks: nobody holds a bar on his back with hands lower than the
        first; from the second on up he well may.
    hands_seen
        Part of the sightings of hands that must be sure, before hands are said to hang.
    full_hands
        Part of the time with hands at the shoulders that is as good as all: arms behind plates are found half the time.
    feet_jump
        Distance of the feet, in standing heights, from the middle of five sightings round each, beyond which one is
        wrong: who walks goes .17 from look to look, and on. Two wrong ones must not be his lowest moment.
    around_s
        A person is as tall as his tallest box within this time: a squat starts or ends standing.
    without_travel
        What is left of the score of somebody whose hips do not fall.
    without_hands
        Likewise of hands: hidden behind a plate they must not rule a lifter out. A third of 73 rendered lifters had
        them at their shoulders for less than half of the time, 6 of 112 others for more.
    without_stay
        Likewise of feet that go away.
    without_central
        Likewise at the side of the picture.
    without_carries
        Likewise where nothing goes with the shoulders: half of a bar may be out of the picture, or hidden.
    least_between
        Somebody stands under the middle of a bar from here on, 1.55 sd off; less speaks for nobody, for a spotter's
        shoulders are near it too. He is no reflection of anybody then: of two bars the nearer counts.
    """

    full_travel: float = 0.25
    forearm_up: float = 0.15
    hands_closer: float = 0.3
    hands_low: float = 0.7
    hands_high: float = 0.3
    hands_seen: float = 0.3
    full_hands: float = 0.6
    feet_jump: float = 0.2
    around_s: float = 2.0
    without_travel: float = 0.1
    without_hands: float = 0.2
    without_stay: float = 0.3
    without_central: float = 0.3
    without_carries: float = 0.5
    least_between: float = 0.3


@dataclass(frozen=True)
class ReflectionCues:
    """What tells people from their reflections and from pictures of people.

    Attributes
    ----------
    least_hands
        Part of the time with hands at the shoulders without which nobody can be known by his reflection: it is a
        lifter's reflection that could be taken for him, and two spotters in shirts of one club look like a mirror's
        work.
    same_hands
        Largest difference of that part between a person and his reflection, which is smaller and worse seen.
    same_time
        Correlation of the hips' heights from which on two move as one.
    same_shape
        Largest difference of the heights of shoulders, elbows, wrists, hips and knees over the ankles, in standing
        heights, up to which two postures are one: a mirror leaves heights as they are. A spotter's hands are lower than
        a lifter's.
    same_clothes
        Largest difference of the clothes' colours, in part of that of black and white: a mirror is a little darker.
    smaller
        A reflection is farther away than the person, on the way by the mirror, and so it is smaller.
    least_sway
        Hardly anybody stands stiller than this, in heights. On renders a picture of a person on a wall has .0056 by
        noise of film and network alone, the stillest of 16 who stand, and sway as people do, .0062: not much between
        them, and a camera that moves hides it. It decides nothing, for neither squats.
    least_sightings
        Two seconds: in less a person may well stand as still as a picture.
    """

    least_hands: float = 0.1
    same_hands: float = 0.35
    same_time: float = 0.95
    same_shape: float = 0.06
    same_clothes: float = 0.1
    smaller: float = 0.97
    least_sway: float = 0.006
    least_sightings: int = 8


@dataclass(frozen=True)
class LifterSelection:
    """Who is taken for the lifter, and who may lift beside him.

    Attributes
    ----------
    least_travel
        Who falls less, in standing heights, does not squat: a quarter squat has .08 by geometry, parallel .25. Only who
        squats can be known by his reflection: all who stand with hanging arms look alike.
    no_person
        What a reflection's or a picture's cues count: less than those of anybody beside it.
    most_lifters
        Where more seem to lift it is a class, or the cues fail, and a choice would be chance: a picture of a meet shows
        one platform or two.
    rivals
        Part of the best score from which on cues hardly tell two apart: in 237 rendered meets never more than three had
        as much; where forty small people squat alike six have.
    as_sure
        Part of the best score from which on somebody who cannot be a second lifter, being too near for that and down
        when the lifter is, is as likely the lifter: nobody is chosen. Of sixteen rendered meets with spotters
        in his clothes who squat along two were so near where no bar was found, and both choices wrong.
    least_sure
        Score below which nobody among others is called the lifter: of 237 in rendered meets 5 were below, 3 of them
        wrong.
    sure
        Score below which the choice is said to be unsure: of the same 18 were between the two, 3 wrong, and 214 above,
        5 wrong.
    also_lifts
        Part of the best score from which on somebody else may lift too: at the side of the picture, where half of his
        bar is out of it, a second lifter on renders had .15 to .4.
    also_hands
        Part of the time with hands at the shoulders from which on somebody else may lift too.
    room_m
        Nearer to a lifter there is no room for another, for a bar is 2.2 m long; of the spotters on renders none who
        held his hands up was found further than 1.2 m from the lifter.
    far_m
        Further from all who lift nobody lifts beside them, for a platform is 4 m wide: of five who were noted falsely
        on renders four were reflections, three of them further away.
    own_time
        Correlation of the hips' heights below which somebody squats on his own account: spotters with hands up had .84
        and more with their lifter, up to .3 s late; 34 of 38 second lifters had less.
    beside_bar
        What is left then of the score of anybody who stands not at all there.
    bar_behind
        How far behind somebody's shoulders the bar on them lies, of what his nose is before them in the picture: .51 on
        32 rendered lifters, .81 on ten others. A spotter at his back has it before him.
    longest_bar
        Heights of somebody that the plates of his bar are apart at most: those of a full one are 1.5 m apart. Half as
        far one is to the side of his shoulders: .42 at most of nine rendered lifters.
    off_bar
        Distance of shoulders from the middle of a bar, from the place before it where his are who has it, and from all
        between, in his height, from which on they are not his: of 327 sightings of lifters in 23 rendered meets all are
        within .19 of the middle, of two on film within .06; a spotter behind a third, who was taken for him at his
        bottom, was .22 away. Shoulders that a plate hides are seen behind it: 740032 and 740057 .15 and .17, so .21
        and more from the place before it.
    may_lift
        Part of the surest one's height from which on somebody else may be he: further off than twice as far nobody is
        his spotter.
    covered
        Part of somebody's box within another's, where he is last seen, from which on he went behind that one.
    pick_reach
        How far beside his box a person may be picked, in heights of the box: an arm's length, and a finger's on a
        screen.
    pick_within_s
        How long before or after a sighting a person may be picked: as long as a track may go on unseen.
    cues
        How a lifter's cues are measured and weighed.
    reflections
        What tells people from their reflections and pictures.
    """

    least_travel: float = 0.1
    no_person: float = 0.05
    most_lifters: int = 3
    rivals: float = 0.6
    as_sure: float = 0.75
    least_sure: float = 0.07
    sure: float = 0.15
    also_lifts: float = 0.15
    also_hands: float = 0.3
    room_m: float = 1.3
    far_m: float = 4.5
    own_time: float = 0.8
    beside_bar: float = 0.1
    bar_behind: float = 0.6
    longest_bar: float = 1.0
    off_bar: float = 0.2
    may_lift: float = 0.5
    covered: float = 0.5
    pick_reach: float = 0.25
    pick_within_s: float = 4.0
    cues: CueWeights = CueWeights()
    reflections: ReflectionCues = ReflectionCues()


TRACKING = PersonTracking()
"""The defaults."""

SELECTION = LifterSelection()
"""The defaults."""
