"""Addresses and heads of mails, and when to try again."""
