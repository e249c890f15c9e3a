"""Facts of the world that the plan relies on: one dated module each, with its source."""
