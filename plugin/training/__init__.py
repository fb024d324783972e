"""The training window: a form without Qt, and the pages over it."""
