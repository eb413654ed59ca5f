"""Statistics over answers and attempts: pure functions. Nothing here knows where the numbers come from."""
