"""`worker-drain`: lets a pod's Dask workers finish what they began before the pod is stopped.

The workers of this pod, and no others, get no further task; what they hold moves to other workers;
once all that they began has ended they leave the scheduler. Nothing is lost and nothing runs twice.
Run again it finds nothing left to do.

    python -m modelops_runtime worker-drain --timeout 300

`own` says which workers are this pod's and what they still owe, `scheduler` asks for it, and
`command` reads the environment, waits and logs.
"""
