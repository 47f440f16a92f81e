"""The lifter's pose: others painted over, BlazePose, a track through time, and several estimates of one frame."""
