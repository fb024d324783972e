"""Small widgets shared by windows: icons, the message line."""
