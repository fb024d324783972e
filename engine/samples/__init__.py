"""From labels to samples: arrays that learning works on, wherever they come from."""
