"""Receivers of allauth's signals: each appends what happened as an audit event."""
