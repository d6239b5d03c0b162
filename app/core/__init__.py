"""What every room may use: errors, clock, canonical bytes, actor. No business noun, no third-party import."""
