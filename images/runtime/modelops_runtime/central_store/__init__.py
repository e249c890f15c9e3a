"""The central store: what a search remembers, in Postgres.

`connection` finds the server and enters it, with a password or with what `login` gets from Entra;
`schema` makes our tables, once, and `databases` the database where a server has none for us.
`events` are what happens in a search, `log` keeps them in order, and `history` makes of them what
is known of each trial. `leadership` is the right to write the log: one session has it at a time,
and who has lost it writes nothing. `optuna_schema` keeps a copy of the finished trials where
Optuna's own tools look.
"""
