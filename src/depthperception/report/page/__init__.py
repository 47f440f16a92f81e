"""One page that holds a whole judgement: the ruling, the proof and the reasons."""
