"""The widgets of the dock: choices, bands, outputs, map tools."""
