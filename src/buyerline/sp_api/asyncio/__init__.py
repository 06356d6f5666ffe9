"""The same clients, awaited."""
