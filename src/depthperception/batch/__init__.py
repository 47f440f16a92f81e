"""Many videos: each in a child process with a time limit, here or on a cluster, every result kept as soon as it is."""
