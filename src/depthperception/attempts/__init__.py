"""Attempts at a squat: found in the lifter's track, then looked at closely."""
