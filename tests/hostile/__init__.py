"""Files of strangers: each entry of `cases` is a file, or how to make one, and what it gets."""
