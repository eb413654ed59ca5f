"""Evidence: copies of the log that an auditor takes away and checks alone."""
