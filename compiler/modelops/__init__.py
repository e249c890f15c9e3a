"""ModelOps: layered YAML in, committed and verified Kubernetes manifests out."""
