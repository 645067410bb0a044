"""What every request passes on its way: guard, journal, pace, redaction, recording."""
