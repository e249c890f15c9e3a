"""The Kubernetes API as a pod sees it: through its service account, and for a few requests.

The standard library is enough for those; the official client would be the largest package of every
image. `replies` holds values, `client` is the one that goes out.
"""
