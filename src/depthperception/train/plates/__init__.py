"""Learning to find plates: real pictures with corrected labels, renders, a small network, and its evaluation.

`labels.read_set` reads and splits the real pictures, `rendered.rendered_plates` renders more, `dataset.pack` keeps
them, `python -m depthperception.train.plates` trains, `evaluation.evaluate` measures. Using the detector needs none of
this: see `depthperception.barbell.plate_detector`.
"""
