"""Everything a rule may know, one module per subject. Facts are computed here, rules only compare."""
