"""The live path put together: the parts that stream, given their settings and their store."""
