"""The `andante` command: thin. It starts processes and calls the operations of the packages below."""
