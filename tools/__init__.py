"""The desk companion: train, evaluate, deploy."""
