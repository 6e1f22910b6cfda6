"""`make bench`: what each page of the path costs, as ratios to a floor measured in the same run."""
