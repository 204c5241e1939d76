"""What people do by hand, on the sandbox: history, erasure, retention, sending single orders."""
