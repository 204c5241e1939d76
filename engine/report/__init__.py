"""What people and programs read: problems in each format, plans as text."""
