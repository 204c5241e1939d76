"""YAML 1.2 core as editors read it: characters, scalars, the tree, errors in plain words."""
