"""The notices of one person, as far as they may see what each is about."""
