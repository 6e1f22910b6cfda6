"""Putting notices into mails, and sending those."""
