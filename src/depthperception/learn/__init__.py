"""Learning from labelled squats: data sets, honest protocols, training and evaluation of the `front` methods.

`layouts.read_dataset` reads labelled landmarks, `grouping.with_groups` says who lifts in which clip,
`front_training.train_front` and `front_published.train_front_published` train, `evaluation.evaluate_front` compares.
Using a trained model needs none of this: see `depthperception.depth.front`.
"""
