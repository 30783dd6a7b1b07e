"""Facts on Kafka: topics, and what is written to them and read back."""
