"""Labelled landmarks: every layout gives the same clips, what is broken is refused, lifters and copies are found."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from depthperception.errors import DataError, OptionError, OutputError
from depthperception.io.kaggle import write_kaggle_layout
from depthperception.train.front.dataset import Dataset, LandmarkClip, duplicates, without_duplicates
from depthperception.train.front.evaluation import adjusted_rand_index
from depthperception.train.front.grouping import infer_lifters, infer_recordings, with_groups
from depthperception.train.front.layouts import append_label, read_dataset
from tests.support.front_squats import clip, lifters_data
from tests.support.labelled_data import SHARED, pack, write_folder


def test_folder_and_packed_file_hold_the_same(tmp_path: Path) -> None:
    made = lifters_data(2, each=4)
    folder = read_dataset(write_folder(made, tmp_path / "Squat_Data").parent)
    packed = read_dataset(pack(made, tmp_path / "made.npz"))
    assert folder.sha256 == packed.sha256
    assert [c.clip_id for c in folder.clips] == [c.clip_id for c in packed.clips]
    assert folder.labels.tolist() == packed.labels.tolist()
    for one, other in zip(folder.clips, packed.clips, strict=True):
        np.testing.assert_array_equal(one.image, other.image)
        np.testing.assert_array_equal(one.times_s, other.times_s)


def test_published_layout_is_132_float64_in_numbered_files(tmp_path: Path) -> None:
    one = clip("Valid/7", drop=0.6)
    folder = write_kaggle_layout(tmp_path, "Valid/7", one.image)
    assert folder == tmp_path / "Valid" / "7"
    assert {p.name for p in folder.iterdir()} == {f"{k}.npy" for k in range(len(one.times_s))}
    frame = np.load(folder / "12.npy")
    assert frame.shape == (132,)
    assert frame.dtype == np.float64
    assert frame[4 * 23 : 4 * 24].tolist() == one.image[12, 23].tolist()


def test_clips_and_frames_are_read_in_numerical_order(tmp_path: Path) -> None:
    for name in ("Valid/10", "Valid/9", "Invalid/2"):
        write_kaggle_layout(tmp_path, name, clip(name, drop=0.6).image)
    read = read_dataset(tmp_path)
    assert [c.clip_id for c in read.clips] == ["Invalid/2", "Valid/9", "Valid/10"]
    np.testing.assert_array_equal(read.clips[1].image, clip("x", drop=0.6).image)


def test_without_times_frames_are_a_thirtieth_apart_and_empty_ones_leave_a_gap(tmp_path: Path) -> None:
    image = clip("x", drop=0.6).image.copy()
    image[0] = 0
    image[5] = np.nan  # written as zeros, the layout's way to say that nobody is seen
    write_kaggle_layout(tmp_path, "Valid/0", image)
    read = read_dataset(tmp_path).clips[0]
    assert len(read.times_s) == len(image) - 2
    np.testing.assert_allclose(read.times_s[:5], np.array([1, 2, 3, 4, 6]) / 30)


def test_labels_from_csv_last_row_counts(tmp_path: Path) -> None:
    for name in ("mine/a", "mine/b"):
        write_kaggle_layout(tmp_path, name, clip(name, drop=0.6).image)
    labels = tmp_path / "labels.csv"
    append_label(labels, "mine/a", "valid", lifter="Ann")
    append_label(labels, "mine/b", "1", lifter="Bo")
    append_label(labels, "mine/b", "Invalid", lifter="Bo", recording="monday")
    read = read_dataset(tmp_path)
    assert [(c.clip_id, c.valid, c.lifter, c.recording) for c in read.clips] == [
        ("mine/a", True, "Ann", ""),
        ("mine/b", False, "Bo", "monday"),
    ]
    assert labels.read_text().splitlines()[0] == "clip,label,lifter,recording"


def test_an_unknown_label_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="'maybe' is unknown; expected one of valid, 1, invalid, 0"):
        append_label(tmp_path / "labels.csv", "a", "maybe")
    assert not (tmp_path / "labels.csv").exists()


def test_frames_are_not_mixed_with_older_ones(tmp_path: Path) -> None:
    write_kaggle_layout(tmp_path, "Valid/0", clip("x", drop=0.6).image)
    with pytest.raises(OutputError, match="holds frames already"):
        write_kaggle_layout(tmp_path, "Valid/0", clip("x", drop=0.6).image[:20])


def _nothing(root: Path) -> None:
    root.mkdir()


def _no_frames(root: Path) -> None:
    (root / "Valid" / "0").mkdir(parents=True)


def _only_empty_frames(root: Path) -> None:
    write_kaggle_layout(root, "Valid/0", np.zeros((20, 33, 4)))


def _nan(root: Path) -> None:
    write_kaggle_layout(root, "Valid/0", clip("x", drop=0.6).image)
    np.save(root / "Valid" / "0" / "3.npy", np.full(132, np.nan))


def _wrong_size(root: Path) -> None:
    write_kaggle_layout(root, "Valid/0", clip("x", drop=0.6).image)
    np.save(root / "Valid" / "0" / "3.npy", np.zeros(99))


def _no_numpy_file(root: Path) -> None:
    write_kaggle_layout(root, "Valid/0", clip("x", drop=0.6).image)
    (root / "Valid" / "0" / "3.npy").write_text("hello")


def _times_of_another(root: Path) -> None:
    write_kaggle_layout(root, "Valid/0", clip("x", drop=0.6).image)
    (root / "Times" / "Valid").mkdir(parents=True)
    np.save(root / "Times" / "Valid" / "0.npy", np.arange(3.0))


def _no_label_column(root: Path) -> None:
    root.mkdir()
    (root / "labels.csv").write_text("clip,depth\na,1\n")


def _bad_label(root: Path) -> None:
    write_kaggle_layout(root, "a", clip("x", drop=0.6).image)
    (root / "labels.csv").write_text("clip,label\na,white\n")


@pytest.mark.parametrize(
    ("breaks", "found"),
    [
        (_nothing, "is neither"),
        (_no_frames, "Clip Valid/0 has no frames"),
        (_only_empty_frames, "0 frames with a lifter"),
        (_nan, "not finite"),
        (_wrong_size, "holds 99 numbers"),
        (_no_numpy_file, "cannot be read"),
        (_times_of_another, "3 times"),
        (_no_label_column, "lacks the column label"),
        (_bad_label, "labelled 'white'"),
    ],
)
def test_a_broken_folder_is_refused(tmp_path: Path, breaks: Callable[[Path], None], found: str) -> None:
    breaks(tmp_path / "data")
    with pytest.raises(DataError, match=r"expected .*\. \w+") as error:
        read_dataset(tmp_path / "data")
    assert found in str(error.value)


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not there; expected"):
        read_dataset(tmp_path / "none")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"offsets": None}, "lacks offsets"),
        ({"label": np.ones(3)}, "offsets"),
        ({"lifter": np.array(["one"])}, "one entry a clip"),
    ],
)
def test_a_broken_packed_file_is_refused(tmp_path: Path, change: dict[str, np.ndarray | None], found: str) -> None:
    path = pack(lifters_data(2, each=2), tmp_path / "made.npz")
    with np.load(path) as packed:
        arrays = {name: packed[name] for name in packed.files} | change
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    with pytest.raises(DataError, match="expected") as error:
        read_dataset(path)
    assert found in str(error.value)


def test_a_file_that_is_no_npz_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"PK")
    with pytest.raises(DataError, match="cannot be read as a packed data set"):
        read_dataset(tmp_path / "x.npz")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda c: replace(c, image=c.image[:, :17]), r"shape \(\d+, 17, 4\)"),
        (lambda c: replace(c, image=c.image[:5], times_s=c.times_s[:5]), "5 frames"),
        (lambda c: replace(c, times_s=c.times_s[::-1]), "do not ascend"),
    ],
)
def test_a_clip_is_checked_where_it_is_made(change: Callable[[LandmarkClip], LandmarkClip], found: str) -> None:
    with pytest.raises(DataError, match=f"Clip one .*{found}.*expected"):
        change(clip("one", drop=0.6))


def test_clip_names_must_differ() -> None:
    with pytest.raises(DataError, match="clip names same more than once"):
        Dataset((clip("same", drop=0.6), clip("same", drop=0.5)))


def test_a_copy_is_found_and_left_out_and_another_rep_is_not() -> None:
    one = clip("a", drop=0.6)
    copy = replace(clip("b", drop=0.6), image=one.image + 0.0005)
    # At the bottom everything above the knees is .008 of the picture higher.
    other = clip("c", drop=0.58)
    shifted = replace(clip("d", drop=0.6), image=one.image + 0.01)
    data = Dataset((one, copy, other, shifted))
    assert duplicates(data) == {"b": "a"}
    assert [c.clip_id for c in without_duplicates(data).clips] == ["a", "c", "d"]


def test_lifters_of_other_builds_are_told_apart() -> None:
    named, unnamed = lifters_data(4), lifters_data(4, named=False)
    assert adjusted_rand_index(infer_lifters(unnamed), named.groups("lifter")) == 1.0
    assert len(set(infer_lifters(unnamed, count=2).tolist())) == 2


def test_feet_that_moved_are_another_recording() -> None:
    first = [clip(f"a{k}", drop=0.6, lifter="Ann") for k in range(3)]
    moved = [
        replace(clip(f"b{k}", drop=0.6, lifter="Ann"), image=first[0].image + np.array([0.1, 0, 0, 0]))
        for k in range(2)
    ]
    assert infer_recordings(Dataset((*first, *moved))).tolist() == [0, 0, 0, 1, 1]


def test_given_groups_stay() -> None:
    given = lifters_data(2)
    assert with_groups(given).groups("lifter").tolist() == given.groups("lifter").tolist()
    filled = with_groups(lifters_data(2, named=False))
    assert all(c.lifter and c.recording for c in filled.clips)


def test_half_named_lifters_are_refused() -> None:
    one, other = clip("a", drop=0.6, lifter="Ann"), clip("b", drop=0.4)
    with pytest.raises(DataError, match="1 of 2 clips have no lifter"):
        with_groups(Dataset((one, other)))


@pytest.mark.shared
def test_published_data_has_one_copy_and_its_lifters_are_inferred() -> None:
    data = read_dataset(SHARED)
    assert len(data) == 240
    assert sum(len(c.times_s) for c in data.clips) == 21451 - 252
    assert duplicates(data) == {"Invalid/29": "Invalid/22"}
    single = without_duplicates(data)
    assert adjusted_rand_index(infer_lifters(single), single.groups("lifter")) > 0.95


@pytest.mark.shared
def test_published_clips_survive_the_folder_layout(tmp_path: Path) -> None:
    with np.load(SHARED) as packed:
        offsets, names = packed["offsets"], packed["clip_id"]
        chosen = [k for k, name in enumerate(names) if name.decode() in ("Invalid/3", "Valid/7", "Valid/11")]
        for k in chosen:
            frames = packed["landmarks"][offsets[k] : offsets[k + 1]]
            write_kaggle_layout(tmp_path, names[k].decode(), frames)
    whole = {c.clip_id: c for c in read_dataset(SHARED).clips}
    read = read_dataset(tmp_path).clips
    assert len(read) == 3
    for one in read:
        np.testing.assert_array_equal(one.image, whole[one.clip_id].image)
        assert one.valid == whole[one.clip_id].valid


def test_csv_is_plain(tmp_path: Path) -> None:
    append_label(tmp_path / "labels.csv", "a, b", "valid")
    with (tmp_path / "labels.csv").open(newline="") as file:
        assert list(csv.DictReader(file)) == [{"clip": "a, b", "label": "valid", "lifter": "", "recording": ""}]
