"""What posts are searched by."""
