"""miradot: declarative mappings between Mirakl orders and Dotdigital calls."""
