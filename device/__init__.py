"""The appliance: camera, board, image preparation, reading, service."""

__version__ = "0.1.0"
