"""From a checked spec to one Python function: each part of the mapping emits its own lines."""
