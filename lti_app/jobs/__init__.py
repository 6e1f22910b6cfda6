"""The worker's entry points. What is to be done stands in tables; the queue engine only wakes the worker."""
