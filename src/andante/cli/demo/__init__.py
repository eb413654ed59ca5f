"""
The demonstration: a fictitious group of 240 people in Dublin, Chicago and Singapore, and a year of their learning.

`organisation.load_demo` lays out who works where and what is asked of them, in seconds, before the first page is
served. `history.play` then lets them learn, while pages are served already. Both use the operations that everybody
uses, with times in the past: the records say so, for what the database stores is its own clock.
"""
