"""Few labels, with the remaining labelled locations as unlabelled samples: the effect of the other sensors."""
