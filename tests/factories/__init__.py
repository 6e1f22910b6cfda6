"""Makes what tests need, with every detail that a test does not name filled in."""
