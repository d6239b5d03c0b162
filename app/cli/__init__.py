"""The henji command."""
