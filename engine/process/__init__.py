"""The process: outputs that appear whole, events, its end, the errors of others, cores, words."""
