"""The parts of the dock: choices, bands, outputs, tools of the canvas."""
