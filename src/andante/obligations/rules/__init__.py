"""
What a requirement asks, of whom, from when and until when: pure functions, without a framework.

`periods` and `audience` are the parts of a `form`; `histories` says where somebody worked when; `demands` says which
duties follow at a moment; `differences` compares them with those that stand; `qualification` answers whether somebody
may work, and never looks at duties.
"""
