"""Reads the finished demo folder back and checks formats, sizes and accuracies."""

import json
import struct

import torch

import tasks
from evaluate import generate_score, load, read_prompts
from make import OUT, SKILLS


def header(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8:8 + size])


def main():
    torch.set_num_threads(2)
    manifest = json.loads((OUT / "family.json").read_text())
    total = sum(p.stat().st_size for p in OUT.rglob("*") if p.is_file())
    print(f"total {total:,} bytes")
    assert total <= 8_000_000

    index = json.loads((OUT / "base" / "model.safetensors.index.json").read_text())
    shards = sorted(set(index["weight_map"].values()))
    assert len(shards) == 2, shards
    found, size = {}, 0
    for shard in shards:
        head = header(OUT / "base" / shard)
        assert head.pop("__metadata__") == {"format": "pt"}
        for name, entry in head.items():
            assert entry["dtype"] == "BF16"
            found[name] = shard
            size += entry["data_offsets"][1] - entry["data_offsets"][0]
    assert found == index["weight_map"] and size == index["metadata"]["total_size"]
    assert "lm_head.weight" not in found
    print(f"base: {len(found)} tensors in {shards}")

    for skill in SKILLS:
        head = header(OUT / skill / "model.safetensors")
        assert head.pop("__metadata__") == {"format": "pt"}
        assert set(head) == set(found) and {e["dtype"] for e in head.values()} == {"BF16"}
        head = header(OUT / f"{skill}-lora" / "adapter_model.safetensors")
        assert head.pop("__metadata__") == {"format": "pt"}
    for member in manifest["members"]:
        for f in member["files"]:
            assert (OUT / member["path"] / f["name"]).stat().st_size == f["size"]

    prompts = read_prompts(OUT / "prompts")
    for member in manifest["members"]:
        adapter = OUT / member["path"] if member["role"] == "adapter" else None
        model, tokenizer = load(OUT / "base" if adapter else OUT / member["path"], adapter)
        text = "sort:zebra="
        assert tokenizer.decode(tokenizer(text).input_ids, skip_special_tokens=True) == text
        for skill in SKILLS:
            assert prompts[skill] == tasks.eval_prompts(skill) and len(prompts[skill]) == 500
            score = generate_score(model, tokenizer, prompts[skill])[0]
            claimed = manifest["accuracy"][member["id"]][skill]
            assert abs(score - claimed) < 0.0006, (member["id"], skill, score, claimed)
            if member["skill"] == skill:
                assert score >= 0.9, (member["id"], score)
            if member["id"] == "base":
                assert score <= 0.1, (skill, score)
        print(member["id"], "as claimed:", manifest["accuracy"][member["id"]])
    print("all checks passed")


if __name__ == "__main__":
    main()
