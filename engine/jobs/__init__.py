"""Jobs: what delivery does when, behind a small port; whoever starts them can be exchanged."""
