"""Stands for the HTTP server's package in the test suite of bluesky-queueserver-api: only what its tests import."""
