"""The demo office: generated from a seed, played through the same actions as real work."""
