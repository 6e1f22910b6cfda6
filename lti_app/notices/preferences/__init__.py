"""How often a person gets mail from a course, and when it stays quiet."""
