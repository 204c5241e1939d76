"""What a change of mapping does: two versions replayed over the same records, and held apart."""
