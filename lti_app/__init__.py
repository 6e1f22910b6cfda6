"""Colloquy: graded discussions of assigned readings, embedded in an LMS by LTI 1.3 Advantage."""
