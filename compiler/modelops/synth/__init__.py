"""The stage `synth`: manifests come in, the bytes of every file leave.

One Node child per call runs the JavaScript of the cdk8s library, taken from the installed wheels,
and makes one chart per unit. Nothing is decided here: which objects there are and in which file
they stand is `render`'s, whether they may be is `verify`'s, and writing them is `disk`'s.
"""

from modelops.synth.assembly import synth
from modelops.synth.child import early_child
from modelops.synth.failure import SynthesisFailed

__all__ = ["SynthesisFailed", "early_child", "synth"]
