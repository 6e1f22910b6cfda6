"""Run the benchmark and print its tables."""
