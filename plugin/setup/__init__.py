"""The one-time set-up of the engine: what is offered, how far it is, the window, the message bar."""
