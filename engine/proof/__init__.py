"""What can be proved of a checked mapping before any record is seen, told to people."""
