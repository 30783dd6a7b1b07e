"""The questions asked of the rows: always about a day, as known at an instant."""
