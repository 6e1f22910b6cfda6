"""Messages from instructors and assistants to students."""
