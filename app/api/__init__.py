"""The API door: hooks and resources."""
