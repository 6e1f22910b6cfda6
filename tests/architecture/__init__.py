"""The house rules, checked: sizes, names, imports, templates, what the repository may mention."""
