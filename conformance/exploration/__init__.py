"""Exploring: an engine calls the operations in orders of its own, held to the rules of every other test."""
