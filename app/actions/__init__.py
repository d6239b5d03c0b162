"""What the product does: one verb per file, one transaction per verb."""
