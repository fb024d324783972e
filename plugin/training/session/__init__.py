"""The form, the layers behind it and its training as one; where forms come from and are kept."""
