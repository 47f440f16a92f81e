"""Skeletons, regions and cameras: geometry that every stage shares."""
