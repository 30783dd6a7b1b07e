"""The worker: what a case system has sent to Kafka is taken into the store, batch by batch, and nothing is lost."""
