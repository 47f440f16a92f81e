"""Judging by landmarks in the picture alone: those of networks and files that know no depth and no camera."""
