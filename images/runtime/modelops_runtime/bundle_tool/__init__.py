"""The command `bundle-tool`: a folder's digest; bundles into a cache, a registry, and back."""
