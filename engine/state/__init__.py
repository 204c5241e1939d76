"""What we know and have done, in one database; the one room that speaks SQL."""
