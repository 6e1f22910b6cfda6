"""The notices of each person: written once for each cause, shown as far as the person may see what they are about."""
