"""Where records come from; one file per form."""
