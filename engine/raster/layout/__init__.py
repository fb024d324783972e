"""What the files of a sensor are to one another: bands, dates or scenes; put together as that."""
