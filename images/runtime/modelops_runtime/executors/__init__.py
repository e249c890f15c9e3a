"""Runs a bundle's code: a task comes in, tables as bytes leave, or a failure of a known kind.

There are three ways. `isolated_warm` keeps a process for each bundle, with the bundle's own
interpreter and packages, and calls it again and again. `cold` starts such a process for each task.
`direct` calls the code in the worker's own process: nothing is isolated, nothing is stopped when
its time is over, and a debugger works. All three call the code with the same functions, those of
`runner`, and make the same bytes of what it gives.

What a process does, ends with it: a crash, a timeout or too much memory fails that one task, and
nothing is tried again here. The isolation is one against accidents, not against hostile code.

`executor` is what others use. `environments` makes a bundle's interpreter, `process` starts it and
talks to it, `pool` keeps it, `failures` tells apart how it failed, `requests` says what it is
asked, `crossing` turns tables into what crosses the pipe, `surroundings` chooses what of the pod's
environment the code may see.
"""
