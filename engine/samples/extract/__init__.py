"""What the sensors show at given places: patches and series."""
