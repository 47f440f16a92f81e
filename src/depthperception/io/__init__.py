"""Files of landmarks in and out, and writing that never leaves half a file."""
