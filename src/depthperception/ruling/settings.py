"""From which size on something is a fault, with the noise that the size is a multiple of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RefereeLimits:
    """What is a fault. No rule book gives a size: each is a multiple of what is measured in attempts without the fault.

    The noises are of rendered attempts that settled these numbers (docs/referee.md); film is noisier.

    Attributes
    ----------
    bar_noise_cm, bar_sinks_cm
        Error (sd) of how far the bar sinks on its way up, and from where on it moves down: five noises.
    carried_sinks_cm
        The same by the mean of head, shoulders, hands and hips of who carries it, where no plate is seen. Looks at it
        jitter by .3 to 3 cm; of 80 rendered attempts that do not sink it sinks by 1.4 cm in one, by .5 in no other.
    leg_noise_cm, leg_short_cm
        Hip to ankle of who stands against his own straightest stand in the film: its error (sd), and how much shorter
        it is with knees that are not locked. By geometry knees bent by 20 degrees shorten it by 1.3 cm, by 30 by 3 cm.
    flexion_noise_deg, flexion_deg
        Likewise the bend of the knees; a fault needs both. On film the network's error of a knee's angle is 6.4 degrees
        (sd, from the side; Cosoli et al. 2026), part of which both stands have in common.
    foot_noise_cm, foot_cm
        How far a foot seems to go that stays (rms of 23 rendered attempts), and in a step: four noises.
    close_leg_noise_cm, close_leg_short_cm, close_flexion_deg, close_foot_noise_cm, close_foot_cm
        The same where both ends were looked at closely, from one region (`attempts.ends`). Of rendered lifters who
        stand as they stood legs differ by .2 cm and .3 degrees, feet by .3 cm (rms of 12, seeds 881000 to 881088);
        lifters on film sway, so that the limits are far more than four noises: 1.5 cm is what knees bent by 21 degrees
        shorten a leg by, which these looks see as half as much; less than 3 cm is no step.
    lower_cm, lower_leg_short_cm, lower_flexion_deg
        Softer knees lower the shoulders too, of which close looks see all, where of a bend they see half, and next to
        nothing from in front. Of who ends so much lower over feet that stay within half a step, legs that are so much
        shorter are not locked where they are so much more bent, or the bar ends as much lower. Of 64 rendered lifters
        who end as they began (seeds 884000 to 884129) shoulders differ by .4 cm, legs by .3, bends by .6 degrees (rms).
    stepped
        So many times these limits hold for the legs of who stands elsewhere than before: of eight who stepped legs
        differ by 1 cm (rms).
    multiple
        Where a film is noisier than these, the limit is so many times its own noise.
    """

    bar_noise_cm: float = 0.3
    bar_sinks_cm: float = 1.5
    carried_sinks_cm: float = 5.0
    leg_noise_cm: float = 0.4
    leg_short_cm: float = 1.6
    flexion_noise_deg: float = 1.5
    flexion_deg: float = 8.0
    foot_noise_cm: float = 1.6
    foot_cm: float = 6.4
    close_leg_noise_cm: float = 0.2
    close_leg_short_cm: float = 1.5
    close_flexion_deg: float = 5.0
    close_foot_noise_cm: float = 0.3
    close_foot_cm: float = 3.0
    lower_cm: float = 1.5
    lower_leg_short_cm: float = 0.8
    lower_flexion_deg: float = 3.0
    stepped: float = 2.0
    multiple: float = 4.0


LIMITS = RefereeLimits()
"""The defaults."""
