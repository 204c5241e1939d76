"""What a compiled mapping calls while it runs; pure functions, no I/O."""
