"""Our own JSON, of which deploy/discussion-json.md tells the shape: what an export writes and an import knows again."""

FORMAT = "colloquy-discussion"
VERSION = 1
