"""What is true in the sandbox: shoppers, goods, orders, and what happens to them over time."""
