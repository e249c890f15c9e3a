"""What runs inside the pods that the compiler's manifests start: `python -m modelops_runtime`.

It shares no code with the compiler. What both have to agree on is what the manifests say: their
arguments, environment variables and mounted files; `tests/contract` holds the two together.
"""
