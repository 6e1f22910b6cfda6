"""Writing notices, and marking them as read."""
