"""Random changes of mappings, brand files and orders: only the known answers come of them."""
