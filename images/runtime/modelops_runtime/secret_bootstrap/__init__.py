"""`secret-bootstrap`: makes each Secret that a unit declares, once, with random values.

The values are born in the cluster and stay there: they are in no file, no argument and no log. A
Secret that exists is left as it is, whoever made it, so the command may run any number of times.

    python -m modelops_runtime secret-bootstrap --secret store=password --secret web=cookie,token

`declared` reads the arguments, `objects` makes what is sent, `verdicts` judges what comes back, and
`command` alone reaches out.
"""
