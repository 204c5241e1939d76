"""What reaches the two vendors; the one room that speaks HTTP."""
