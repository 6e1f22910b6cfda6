"""Return paths, delivery reports, and what follows from them."""
