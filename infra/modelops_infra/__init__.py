"""What an environment stands on in Azure, as one Pulumi program.

It decides nothing: every name, number and address comes from `generated/ENV/infra/inputs.json`,
which the compiler writes. One file for each concern, each a function from inputs to resources.
"""
