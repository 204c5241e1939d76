"""Keeping both sides in step: land what Mirakl shows, plan it, deliver it, end every version."""
