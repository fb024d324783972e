"""What stands between the form and the window: layers as the form reads them, the run, the session of both."""
