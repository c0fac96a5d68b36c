"""Writes a docker-archive: image.py NAME ROOT ENTRYPOINT... >image.tar"""

import hashlib
import io
import json
import sys
import tarfile

name, root, *entrypoint = sys.argv[1:]

layer = io.BytesIO()
with tarfile.open(fileobj=layer, mode="w") as tar:
    tar.add(root, arcname=".")

config = json.dumps(
    {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Entrypoint": entrypoint, "Env": ["PATH=/bin"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer.getvalue()).hexdigest()]},
    }
).encode()
manifest = json.dumps([{"Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"]}]).encode()

with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as tar:
    for path, content in (("layer.tar", layer.getvalue()), ("config.json", config), ("manifest.json", manifest)):
        entry = tarfile.TarInfo(path)
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
