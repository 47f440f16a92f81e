"""Valid or not from a whole movement seen from the front: the report's network, and ours."""
