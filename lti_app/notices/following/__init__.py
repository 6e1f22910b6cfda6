"""Discussions and threads that people follow."""
