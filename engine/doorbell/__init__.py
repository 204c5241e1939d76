"""The doorbell: others say that orders changed; only their ids are taken, and fetched later."""
