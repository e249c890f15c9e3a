"""What the compiler tells the runtime: the two JSON files that pods have mounted, as frozen values.

`run.json` is what leads a search reads, `runtime.json` what runs simulations reads. Both are read
whole: a key that nobody knows is as much a mistake as one that is missing, because it was meant.

Nothing here opens a file or looks at the environment.
"""
