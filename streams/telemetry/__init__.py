"""What an operator sees of the live path: figures, whether it lives and is ready, and a log without personal data."""
