"""The forms of notices."""
