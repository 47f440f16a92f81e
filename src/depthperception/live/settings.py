"""The numbers of live judging, each with its reason."""

KEEP_S = 30.0
"""Of film and looks that are kept: a slow squat takes 8 s, and one that is still to be judged waits meanwhile. Small
pictures, 12 MB a second, are kept only as long as a squat that is not over may need them."""

MOST_BYTES = 300_000_000
"""Of film: 30 s of MJPEG at 1080p have 200 MB, of H.264 40 MB."""

BEFORE_S = 2.5
"""A part begins so long before its descent: the lifter is looked at standing up to 1 s before, and links need looks."""

DOWN, UP = 0.75, 0.9
"""Height of the hips over the ankles, over that of standing: parallel is .5 to .6, a bow and a step stay over .85; a
lifter whose knees are locked has over .95 of his, with .02 of noise."""

STANDS_S = 0.3
"""He has to stand so long: two looks, so that a single wrong one ends no attempt."""

FAILS_S = 8.0
"""An attempt that takes longer from its lowest point on is judged as it is: nobody stands up after that."""

LEFT_S = 2.0
"""Who was not seen for so long, and was not down, is not waited for; should he come back and squat at once, that is
looked at again from its film."""

RISES, RISES_FOR_S = 0.1, 0.37
"""Hips so much over their lowest, and three small pictures after it, are on their way up: what the bottom needs
(pictures to .2 s after it, most regions steadied over .2 s more) has come, and it is looked at while he still rises."""

WELL_DOWN = 0.6
"""Such a height tells when the descent began, a tenth of its way down, as the whole of it does: in 70 of 98 courses of
rendered squats, .4 s before the bottom, so that his looks standing are those that are needed later; at .75 in 42."""

MOST_WAITING = 4
"""Squats that wait to be judged: the small pictures of one are 100 MB. More is several lifters at once on a slow
machine; what is beyond is counted and said."""

MOST_BARS = 2
"""Beside a squat whose depth was told: another one's bar, which is being followed. Where one more waits its own bar is
left out."""

LOOK_EVERY = 2
"""Everyone is looked for in every second of the small pictures that are kept: four times a second, as in a file."""

LOOKS_WAITING = 16
"""Pictures that wait to be looked at: 2 s, in which a judging may have the cores. What is beyond is counted."""

FOLLOWED = 0.9
"""Of the small pictures of a piece, in which the lifter has to have been found while it came, and be who is chosen in
the end; else he is followed again, which costs a second."""
