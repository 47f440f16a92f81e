"""Draw the README's pictures: a squat that is judged, and a film that is not judgeable.

    python tools/draw_readme.py

Needs the extra `synth` for the second: the demonstration's squat filmed from high above. The pictures' last
bits depend on the OpenGL driver.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from draw_filming import DOCS, PLACES, save, shrunk
from render_clips import RECIPES

from depthperception import examine
from depthperception.report.bottom import bottom_picture, draw_bottom
from depthperception.synth.clip import write_clip

WIDTH_PX = 1000
REFUSED = "F"
"""Letter of the place from which nothing can be judged."""


def draw(clip: Path, name: str) -> None:
    """Judge a clip and save the sheet of its first attempt, small."""
    found = examine(clip)
    attempt = found.judgement.attempts[0]
    sheet = draw_bottom(bottom_picture(clip, attempt.bottom_s), found.track, found.judgement, 0)
    height_px = round(sheet.shape[0] * WIDTH_PX / sheet.shape[1])
    save(shrunk(sheet, WIDTH_PX, height_px), DOCS / "pictures" / name)
    print(f"{name}: {attempt.verdict}. {attempt.reason}")


def main() -> None:
    """Draw both."""
    draw(RECIPES["demo"].path, "result.jpg")
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "squat.mp4"
        write_clip(next(place.scenario for place in PLACES if place.letter == REFUSED), clip)
        draw(clip, "refusal.jpg")


if __name__ == "__main__":
    main()
