"""Training: the front-view networks, the head on the frozen pose network, the measurement model."""
