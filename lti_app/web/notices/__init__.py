"""Pages of notices: the list, how they are mailed, calendars, and messages to students."""
