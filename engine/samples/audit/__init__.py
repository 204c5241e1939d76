"""The audit of an export: what its records can and cannot support of a mapping, as figures."""
