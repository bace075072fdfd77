"""What all tests share: plain helpers in tests/support are importable by name (`import smtp_fakes`)."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent / "support"))

# `make test` tries the same examples every time, so that a red run is somebody's change; fuzzing is for `make soak`.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")
