"""Mail that came back: whose it was, what the report says, and when an address gets no more."""
