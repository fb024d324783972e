"""Small widgets that windows share: icons, the line of messages."""
