"""What holds casedrift to its word."""
