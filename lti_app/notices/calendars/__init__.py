"""The due dates of one person in one course, as a calendar that other programs subscribe to."""
