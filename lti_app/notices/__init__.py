"""What people are told: the list in the tool, the mail that repeats it, their choices, and their calendars."""
