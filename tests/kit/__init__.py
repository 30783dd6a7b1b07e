"""The kit: a real broker, a real database and the program itself, started and stopped for the tests."""
