"""The sheet that people write their own digits on: printed, photographed, cut up."""
