"""What the appliance costs on a Pi Zero, counted in instructions on an emulated ARM processor."""
