"""`make loadtest`: many people at once, over small and large courses, against the server as shipped on this machine."""
