"""What is sold: a small fictional range, in pence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Product:
    """One offer of the shop; `price` is in pence, tax in."""

    title: str
    brand: str
    category: str
    category_label: str
    price: int
    offer_id: int
    sku: str

    @property
    def product_sku(self) -> str:
        """The operator's own number of the product."""
        return f"P{self.offer_id}"


_RANGE = (
    ("Pleated Midi Dress", "Mantaray Test", "FA_DRESSES", "Dresses", 4500),
    ("Linen Blend Shirt", "Maine Sample", "FA_TOPS", "Tops", 2899),
    ("Stoneware Mug, Set of 4", "Home Example", "HO_KITCHEN", "Kitchen", 1950),
    ("Feather & Down Pillow", "Home Example", "HO_BEDDING", "Bedding", 3200),
    ("Leather Ankle Boots", "Faith Sample", "FA_SHOES", "Shoes", 8999),
    ("Vitamin C Serum 30ml", "Glow Example", "BE_SKINCARE", "Skincare", 1599),
    ("Wool Blend Coat", "Principles Sample", "FA_COATS", "Coats", 12900),
    ("Cotton Bath Towel", "Home Example", "HO_BATH", "Bathroom", 1250),
)

GOODS = tuple(
    Product(
        title=f"{brand} {title}",
        brand=brand,
        category=category,
        category_label=label,
        price=price,
        offer_id=2000 + number,
        sku=f"{category[:2]}-{price}-M",
    )
    for number, (title, brand, category, label, price) in enumerate(_RANGE, 1)
)
