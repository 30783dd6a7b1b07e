"""What we know: stays, places and runs as rows, and the questions asked of them."""
