"""Mails that are to be sent: a table, which the worker reads; what they say is written when they are sent."""
