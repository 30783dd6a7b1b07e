"""How facts come in: CloudEvents, sources, intake, the log and the quarantine."""
