"""Mirakl's seller API as far as a brand needs it: orders, exports, offers, custom fields."""
