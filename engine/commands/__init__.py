"""What each command does, without its parsing and printing; one file per command."""
