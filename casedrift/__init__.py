"""casedrift: an event-sourced case tracker and drift detector for children's social care."""
