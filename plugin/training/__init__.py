"""The training window: a form without Qt, and the pages that show it."""
