"""Our own JSON format, written by exports and read by imports; deploy/discussion-json.md describes it."""

FORMAT = "colloquy-discussion"
VERSION = 1
