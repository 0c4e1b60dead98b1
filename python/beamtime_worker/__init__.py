"""Runs existing Bluesky startup code and plans for the worker host."""
