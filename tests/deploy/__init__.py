"""What runs miradot in production: containers, units, pins, backups and upgrades."""
