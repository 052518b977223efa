"""The neural network: initialise, train, query."""
