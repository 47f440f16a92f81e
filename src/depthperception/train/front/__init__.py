"""Training of the front-view methods: data sets, honest protocols, training and evaluation.

`layouts.read_dataset` reads labelled landmarks, `grouping.with_groups` says who lifts in which clip,
`training.train_front` and `published.train_front_published` train, `evaluation.evaluate_front` compares.
Using a trained model needs none of this: see `depthperception.depth.front`.
"""
