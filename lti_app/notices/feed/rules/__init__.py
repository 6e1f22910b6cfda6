"""The kinds of notices, their causes, and their sentences."""
