"""Random worlds: the product's answers held against the judge's, whole."""
