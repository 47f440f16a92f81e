"""Training of the head on the frozen pose network: pictures, the network's maps of them, the head, its protocol."""
