"""What evaluation is made of: a class map on disk, how good it is by labels that sample it."""
