"""Andante: learning for work that cannot stop for a class; records that an outsider can verify."""

__version__ = "0.1.0"
