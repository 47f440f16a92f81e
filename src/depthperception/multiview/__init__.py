"""Several cameras: calibrated, synchronised, and measured together."""
