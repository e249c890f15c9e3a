"""Names of storage classes that look like AKS' own and are not.

As of 2026-11-20; source: AKS' documentation of storage classes, which does not have them, and the
clusters on which claims of them stayed Pending. A name that is not here may be a class of one's
own.
"""

MISTAKEN_STORAGE_CLASSES: dict[str, str] = {
    "managed-premium": "managed-csi-premium",
}
"""What is written, and what is meant by it."""
