"""Requests made from the contract: valid ones, on resources made for the test."""
