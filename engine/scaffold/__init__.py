"""The scaffold: a mappings repository of one's own, made from the shipped mapping."""
