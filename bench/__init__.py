"""Repeatable benchmarks. Each prints ratios of figures measured side by side in one run; none is a test."""
