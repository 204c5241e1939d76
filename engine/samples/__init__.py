"""Samples: real records made fictional, and the fewest of them that show as much."""
