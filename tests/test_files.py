"""Files are found and read without following what a stranger may have put there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.commands.files import find_files, read_files
from engine.problem import Failure
from engine.yaml12.characters import MAX_BYTES


def refuse(path: Path) -> str:
    with pytest.raises(Failure) as caught:
        read_files([path])
    return str(caught.value).replace(str(path), "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give an empty folder beside a file that is nobody's business."""
    (tmp_path / "secret.yaml").write_text("password: 1\n", encoding="utf-8")
    inside = tmp_path / "mappings"
    inside.mkdir()
    return inside


def test_files_come_in_order_with_their_bytes(folder: Path) -> None:
    for name in ("b.yml", "a.yaml", "c.txt", "a.test.yaml"):
        (folder / name).write_text(name, encoding="utf-8")
    read = [(Path(one.path).name, one.raw) for one in read_files([folder])]
    assert read == [("a.yaml", b"a.yaml"), ("b.yml", b"b.yml")]


def test_of_a_huge_file_one_byte_more_than_allowed_is_read(folder: Path) -> None:
    (folder / "a.yaml").write_bytes(b"#" * (2 * MAX_BYTES))
    (file,) = read_files([folder])
    assert len(file.raw) == MAX_BYTES + 1


@pytest.mark.parametrize("target", ["../secret.yaml", "/etc/passwd", "/dev/zero"])
def test_a_link_that_leads_outside_is_refused(folder: Path, target: str) -> None:
    (folder / "a.yaml").symlink_to(target)
    assert "leads out of the paths given" in refuse(folder)


def test_a_link_that_stays_inside_is_read(folder: Path) -> None:
    (folder / "kept.yml").write_bytes(b"kept")
    (folder / "a.yaml").symlink_to("kept.yml")
    assert [one.raw for one in read_files([folder])] == [b"kept", b"kept"]


def test_a_linked_folder_is_not_followed(folder: Path) -> None:
    (folder / "more").symlink_to(folder.parent)
    assert list(find_files([folder])) == []


def test_a_given_link_may_lead_within_its_own_folder_only(folder: Path) -> None:
    (folder / "kept.yaml").write_bytes(b"kept")
    inner, outer = folder / "inner.yaml", folder / "outer.yaml"
    inner.symlink_to("kept.yaml")
    outer.symlink_to("../secret.yaml")
    assert [one.raw for one in read_files([inner])] == [b"kept"]
    assert "leads out" in refuse(outer)


def test_a_given_link_to_a_folder_elsewhere_is_refused(folder: Path) -> None:
    (folder / "linked").symlink_to(folder.parent)
    assert "leads out" in refuse(folder / "linked")


@pytest.mark.parametrize("target", ["a.yaml", "nowhere.yaml"])
def test_a_link_to_nothing_is_told(folder: Path, target: str) -> None:
    (folder / "a.yaml").symlink_to(target)
    assert refuse(folder).startswith('cannot read "')


def test_a_pipe_is_refused_without_waiting_for_a_writer(folder: Path) -> None:
    os.mkfifo(folder / "a.yaml")
    assert "it is a pipe, not a file" in refuse(folder)


def test_a_folder_named_like_a_file_is_refused(folder: Path) -> None:
    (folder / "a.yaml").mkdir()
    assert "it is a folder, not a file" in refuse(folder)


def test_a_device_is_refused() -> None:
    assert "it is a device, not a file" in refuse(Path("/dev/zero"))


def test_a_file_that_cannot_be_read_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.yaml").write_bytes(b"")

    def fail(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", fail)
    assert refuse(folder) == 'cannot read "/a.yaml": Permission denied'
