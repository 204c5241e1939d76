"""Coverage of meaning: what a mapping's tests must bring about, and what they did."""
