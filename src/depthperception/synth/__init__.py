"""Rendered squats with known truth: bodies, motion, scenes, pictures and clips from a seed.

World frame: metres, z up, floor at z = 0, the lifter at the origin faces +y, the lifter's left is -x. Truth comes
from float64 geometry alone and needs no graphics; pictures need the extra `synth` (moderngl with EGL).
"""
