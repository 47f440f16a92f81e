"""What is written is read back by each format's own library, with the same numbers."""

import json
from pathlib import Path
from xml.etree import ElementTree

import ezc3d
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import xarray as xr

from depthperception.errors import DepthPerceptionError, MissingExtraError
from depthperception.pose.track import PoseTrack
from depthperception.report import folder as results_folder
from depthperception.series.formats import FORMATS, check_place
from depthperception.series.table import MISSING, NAMES, TimeSeries
from depthperception.types import FloatArray
from tests.support.command_line import run
from tests.support.judged_once import Examined
from tests.support.labelled_data import SHARED
from tests.support.rendered_clips import DATA

LEFT_HIP = NAMES.index("left_hip")


REAL = SHARED.parents[1] / "clips" / "gymai_quarter.mp4"


@pytest.fixture(scope="module", params=[DATA / "side_high.mp4", pytest.param(REAL, marks=pytest.mark.shared)], ids=str)
def rows(examined: Examined, request: pytest.FixtureRequest) -> TimeSeries:
    """A rendered clip and a film, both judged."""
    clip: Path = request.param
    return examined(clip).time_series()


def written(rows: TimeSeries, folder: Path, name: str) -> Path:
    path = folder / f"lift{FORMATS[name].ending}"
    rows.save(path)
    return path


def same(found: object, expected: FloatArray, within: float = 1e-6) -> None:
    np.testing.assert_allclose(np.asarray(found, dtype=float), expected, atol=within, rtol=0)


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_tables_are_pandas(rows: TimeSeries, tmp_path: Path, name: str) -> None:
    path = written(rows, tmp_path, name)
    table = pd.read_csv(path) if name == "csv" else pd.read_parquet(path)
    columns = rows.columns()
    assert list(table.columns) == list(columns)
    for column, values in columns.items():
        if values.dtype.kind == "U":
            assert table[column].fillna("").tolist() == values.tolist()
        else:
            same(table[column], values)


def test_parquet_says_where_it_comes_from(rows: TimeSeries, tmp_path: Path) -> None:
    metadata = pq.read_schema(written(rows, tmp_path, "parquet")).metadata
    facts = json.loads(metadata[b"depthperception"])
    assert facts["source_file"] == rows.facts["source_file"]
    assert len(facts["sha256"]) == 64
    assert facts["scale_source"] == rows.facts["scale_source"]


def test_a_data_frame_has_the_table_s_columns_and_nulls(rows: TimeSeries) -> None:
    frame = rows.to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == list(rows.columns())
    assert frame["phase"].isna().tolist() == (rows.phase == "").tolist()
    assert frame.attrs["status"] == "judged"


def test_netcdf_has_the_layout_of_movement_s_poses(rows: TimeSeries, tmp_path: Path) -> None:
    with xr.open_dataset(written(rows, tmp_path, "netcdf"), engine="h5netcdf") as found:
        assert found["position"].dims == ("time", "space", "keypoints", "individuals")
        assert found["confidence"].dims == ("time", "keypoints", "individuals")
        assert (found.attrs["ds_type"], found.attrs["time_unit"]) == ("poses", "seconds")
        assert found.attrs["fps"] == pytest.approx(30.0, abs=0.1)
        same(found["time"], rows.times_s)
        hip = found.sel(keypoints="left_hip", individuals="lifter")
        same(hip["position"], rows.track.image_px[:, LEFT_HIP], 0)
        same(hip["position_3d"], rows.room_m[:, LEFT_HIP], 0)
        same(found["knee_flexion_left_deg"], rows.values["knee_flexion_left_deg"], 0)
        assert found["bar_speed_m_s"].attrs["units"] == "m s-1"
        assert found["phase"].values.tolist() == rows.phase.tolist()


def test_trc_is_read_as_pose2sim_and_opensim_read_it(rows: TimeSeries, tmp_path: Path) -> None:
    path = written(rows, tmp_path, "trc")
    head = [line.split("\t") for line in path.read_text().splitlines()[:5]]
    facts = dict(zip(head[1], head[2], strict=True))
    assert (facts["Units"], facts["NumMarkers"], int(facts["NumFrames"])) == ("m", "33", len(rows))
    assert float(facts["DataRate"]) == pytest.approx(30.0, abs=0.1)
    markers = [name for name in head[3][2::3] if name]
    data = pd.read_csv(path, sep="\t", skiprows=4)
    same(data.iloc[:, 1], rows.times_s)
    first = 2 + 3 * markers.index("LHip")
    same(data.iloc[:, first : first + 3], rows.room_m[:, LEFT_HIP])
    assert {"Nose", "RKnee", "LAnkle", "RHeel", "LBigToe", "RShoulder"} <= set(markers)


def test_mot_says_that_it_is_in_degrees(rows: TimeSeries, tmp_path: Path) -> None:
    path = written(rows, tmp_path, "mot")
    lines = path.read_text().splitlines()
    end = lines.index("endheader")
    assert {"inDegrees=yes", f"nRows={len(rows)}", "nColumns=9"} <= set(lines[:end])
    data = pd.read_csv(path, sep="\t", skiprows=end + 1)
    same(data["time"], rows.times_s)
    same(data["knee_angle_r"], rows.values["knee_flexion_right_deg"])
    same(data["trunk_lean_l"], rows.values["trunk_lean_left_deg"])


def test_c3d_has_markers_in_millimetres_and_phases_as_events(rows: TimeSeries, tmp_path: Path) -> None:
    file = ezc3d.c3d(str(written(rows, tmp_path, "c3d")))
    points = file["parameters"]["POINT"]
    assert points["RATE"]["value"][0] == pytest.approx(30.0, abs=0.1)
    assert points["UNITS"]["value"] == ["mm"]
    index = points["LABELS"]["value"].index("LHip")
    same(file["data"]["points"][:3, index].T, 1000 * rows.room_m[:, LEFT_HIP], 1e-3)
    events = file["parameters"]["EVENT"]
    assert events["LABELS"]["value"][:3] == ["descent", "bottom", "ascent"]
    bottom = rows.times_s[np.flatnonzero(rows.phase == "bottom")[0]]
    assert events["TIMES"]["value"][1][1] == pytest.approx(bottom, abs=1e-4)


def test_c3d_of_uneven_times_is_put_on_even_ones(rows: TimeSeries, tmp_path: Path) -> None:
    chosen = np.flatnonzero(np.arange(len(rows)) % 4 != 1)
    track = rows.track.take(chosen)
    thinned = TimeSeries(
        rows.frames[chosen], track, rows.room_m[chosen], rows.pose[chosen], rows.attempt[chosen], rows.phase[chosen],
        rows.scale_source[chosen], {}, rows.facts,
    )  # fmt: skip
    file = ezc3d.c3d(str(written(thinned, tmp_path, "c3d")))
    rate = file["parameters"]["POINT"]["RATE"]["value"][0]
    hip = file["data"]["points"][1, LEFT_HIP] / 1000
    times = track.times_s[0] + np.arange(len(hip)) / rate
    expected = np.interp(times, track.times_s, thinned.room_m[:, LEFT_HIP, 1])
    known = np.isfinite(hip) & np.isfinite(expected)  # next to rows without a pose, rounding decides
    assert known.mean() > 0.9
    same(hip[known], expected[known], 1e-5)


def test_kva_tracks_are_where_and_when_the_landmarks_are(rows: TimeSeries, tmp_path: Path) -> None:
    root = ElementTree.parse(written(rows, tmp_path, "kva")).getroot()
    assert root.tag == "KinoveaVideoAnalysis"
    assert root.findtext("ImageSize") == f"{rows.facts['width_px']};{rows.facts['height_px']}"
    assert root.findtext("OriginalFilename") == Path(str(rows.facts["source_file"])).stem
    assert [child.tag for child in root][-1] == "Tracks"  # sizes and clocks before what they scale
    ticks_a_second = float(root.findtext("AverageTimeStampsPerFrame", "0")) * float(root.findtext("UserFramerate", "0"))
    track = next(one for one in root.iter("Track") if one.get("name") == "left_hip")
    points = [point.text or "" for point in track.iter("TrackPoint")]
    numbers = np.array([[float(part) for part in text.split(";")] for text in points])
    known = rows.pose != MISSING
    same(numbers[:, :2], rows.track.image_px[known, LEFT_HIP], 1e-3)
    same(numbers[:, 2] / ticks_a_second, rows.times_s[known], 1e-3)


def test_npz_and_json_hold_the_landmarks(rows: TimeSeries, tmp_path: Path) -> None:
    again = PoseTrack.load(written(rows, tmp_path, "npz"))
    known = rows.pose != MISSING
    np.testing.assert_array_equal(again.image_px, rows.track.image_px[known])
    content = json.loads(written(rows, tmp_path, "json").read_text())
    assert content["landmarks"][LEFT_HIP] == "left_hip"
    same(np.array(content["world_m"]), rows.track.world_m[known])


def test_names_that_say_no_format_and_missing_libraries_are_refused(
    rows: TimeSeries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("t.txt", "nowhere/t.csv"):
        with pytest.raises(DepthPerceptionError, match="expected"):
            rows.save(tmp_path / name)
    monkeypatch.setitem(__import__("sys").modules, "ezc3d", None)
    with pytest.raises(MissingExtraError, match=r"needs the package ezc3d.*\[export\]"):
        check_place(tmp_path / "t.c3d")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_results_gives_the_rows_that_the_video_gave(examined: Examined, tmp_path: Path) -> None:
    found = examined(DATA / "side_high.mp4")
    folder = tmp_path / "lift.judged"
    folder.mkdir()
    (folder / results_folder.JUDGEMENT).write_text(json.dumps(found.judgement.to_dict()))
    found.track.save(folder / results_folder.LANDMARKS, frame_times_s=found.frame_times_s)
    assert run("export", folder, "--format", "csv", "--format", "mot", "-q") == 0
    table = pd.read_csv(tmp_path / "lift.csv")
    rows = found.time_series()
    same(table["hip_height_cm"], rows.values["hip_height_cm"], 0.01)  # the JSON's camera has four decimals
    same(table["left_knee_x_px"], rows.track.image_px[:, NAMES.index("left_knee"), 0])
    assert (tmp_path / "lift.mot").exists()
    assert run("export", folder, "-q") == 1  # is there already
    assert run("export", folder, "-q", "--force") == 0
    assert run("export", folder, "--every-frame", "--format", "trc") == 2
    found.track.save(folder / results_folder.LANDMARKS)  # as it was written before the frames' times were
    assert run("export", folder, "-q", "--force") == 0
    older = pd.read_csv(tmp_path / "lift.csv")
    assert (len(older), set(older["frame"])) == (len(found.track), {-1})
