"""What all tests share: plain helpers in tests/support are importable by name (`import smtp_fakes`)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))
