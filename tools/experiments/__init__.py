"""Sweeps: one thing about the talk's network is changed at a time, and its accuracy measured."""
