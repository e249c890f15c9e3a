"""Kubernetes minors that AKS runs.

As of 2026-11-20; source: AKS' table of supported Kubernetes versions (standard support or the
calendar's next) and the schemas that this compiler carries.
"""

SUPPORTED_MINORS = ("1.34", "1.35", "1.36", "1.37")
"""What an environment may target."""

ENDING_MINORS = {"1.34": "November 2026"}
"""Those whose standard support ends within months: after it, AKS makes no cluster of them without
long-term support."""
