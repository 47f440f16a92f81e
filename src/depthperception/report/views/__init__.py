"""The page of one lift filmed by several cameras: views side by side, on one clock."""
