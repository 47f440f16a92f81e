"""What hips and knees look like: a trained head on the inner maps of the frozen pose network."""
