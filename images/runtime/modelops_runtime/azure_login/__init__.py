"""Logging in to Azure as the identity of the pod.

`workload` makes the login of what AKS has put into the pod, and `refusal` says in words that
somebody can act upon why Entra ID gave no token.
"""
