"""From a reading to a verdict, and what hides the points that decide."""
