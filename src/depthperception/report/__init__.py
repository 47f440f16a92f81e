"""The pictures that prove a judgement: the overlay video, the deepest frame, the heights over time.

Nothing is imported here: the server and each of its child processes need the names in `folder`, never matplotlib.
"""
