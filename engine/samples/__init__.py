"""From labels to samples: positions, patches and series per sensor, the split."""
