"""The one-time set-up of the engine: options, progress, the window, the message bar."""
