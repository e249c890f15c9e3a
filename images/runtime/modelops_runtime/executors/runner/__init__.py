"""What runs in the process of a model, in whatever interpreter its bundle has.

Standard library only, and nothing newer than Python 3.10: the interpreter has neither this package
nor, perhaps, numpy. So the modules import one another relatively: `start` loads them under a name
of their own, where a bundle cannot shadow them. The executor `direct` calls them in the worker.

`start` prepares the process and answers requests, `wire` frames them, `usercode` imports and calls
what a bundle has, `given` and `columns` turn tables into plain buffers and back.
"""
