"""Image archives, read back with tarfile."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from pathlib import Path

from compose.host.archive import Image, Layer, write_image


def packed(layer: Layer) -> tarfile.TarFile:
    """Write a layer and open it again."""
    out = io.BytesIO()
    layer.write(out)
    out.seek(0)
    return tarfile.open(fileobj=out)


def archive(layer: Layer) -> bytes:
    """Write a whole image."""
    out = io.BytesIO()
    write_image(out, Image(layer, {"Env": ["A=1"], "Labels": {"x": "y"}}), "name:tag")
    return out.getvalue()


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    """Neither the order of adding, nor times, nor the owner of a file on this machine shows in the image."""
    file = tmp_path / "file"
    file.write_text("content")
    one, other = Layer(), Layer()
    one.file("/a/file", file)
    one.link("/b", "a/file")
    first = archive(one)
    os.utime(file, (1, 1))
    other.link("/b", "a/file")
    other.file("/a/file", file)
    assert archive(other) == first


def test_another_file_gives_another_image(tmp_path: Path) -> None:
    """The id follows the content."""
    images = []
    for text in ("one", "two"):
        layer = Layer()
        layer.file("/file", text.encode())
        with (tmp_path / text).open("wb") as out:
            images.append(write_image(out, Image(layer, {}), "name:tag"))
    assert images[0] != images[1]


def test_parents_come_first_and_belong_to_root() -> None:
    """Folders on the way to a file are made, before it, unless they were given a mode of their own."""
    layer = Layer()
    layer.file("/var/lib/data/x", b"")
    layer.directory("/var/lib/data", 0o1777, owner=70)
    entries = packed(layer).getmembers()
    assert [(entry.name, entry.mode, entry.uid, entry.mtime) for entry in entries] == [
        ("var", 0o755, 0, 0),
        ("var/lib", 0o755, 0, 0),
        ("var/lib/data", 0o1777, 70, 0),
        ("var/lib/data/x", 0o644, 0, 0),
    ]


def test_a_tree_keeps_links_and_executables(tmp_path: Path) -> None:
    """Links stay links, what can be run still can, and what is not wanted is left out."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/run").write_text("#!/bin/sh")
    (tmp_path / "bin/run").chmod(0o700)
    (tmp_path / "bin/alias").symlink_to("run")
    (tmp_path / "notes.txt").write_text("")
    layer = Layer()
    layer.tree(tmp_path, "/opt", lambda path: not path.endswith(".txt"))
    found = {entry.name: (entry.mode, entry.linkname) for entry in packed(layer) if not entry.isdir()}
    assert found == {"opt/bin/run": (0o755, ""), "opt/bin/alias": (0o777, "run")}
    assert "/opt/bin/run" in layer
    assert "/opt/notes.txt" not in layer


def test_the_archive_is_what_docker_load_reads() -> None:
    """The manifest names the configuration by its digest, and the configuration the layer by its own."""
    layer = Layer()
    layer.file("/hello", b"world")
    with tarfile.open(fileobj=io.BytesIO(archive(layer))) as image:
        texts = {entry.name: image.extractfile(entry) for entry in image}
        contents = {name: text.read() for name, text in texts.items() if text}
    (manifest,) = json.loads(contents["manifest.json"])
    config = contents[manifest["Config"]]
    (layer_name,) = manifest["Layers"]
    assert manifest["RepoTags"] == ["name:tag"]
    assert manifest["Config"] == f"{hashlib.sha256(config).hexdigest()}.json"
    described = json.loads(config)
    assert described["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(contents[layer_name]).hexdigest()}"]
    assert described["config"] == {"Env": ["A=1"], "Labels": {"x": "y"}}
