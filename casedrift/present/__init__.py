"""What people see: answers laid out for the terminal, and the same answers as JSON."""
