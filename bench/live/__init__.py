"""The live path measured: facts through Kafka and the workers into PostgreSQL, alerts out again, beside named peers."""
