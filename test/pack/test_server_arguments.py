"""Which arguments of a ComfyUI the server nested in it gets too."""

from __future__ import annotations

import pytest

from discomfort.bridge.server_arguments import server_arguments


def arguments(text: str) -> str:
    return " ".join(server_arguments(text.split(), "/work"))


@pytest.mark.parametrize(
    "kept",
    [
        "--cpu",
        "--lowvram --fp16-unet --force-fp16",
        "--cache-ram 2 2",
        "--cache-lru 10",
        "--directml -1",
        "--fast fp16_accumulation cublas_ops",
        "--preview-method auto",
        "--reserve-vram 1.5 --disable-smart-memory",
        "--base-directory /data",
        "--async-offload",
        "--some-flag-of-tomorrow 3",
    ],
)
def test_how_models_run_is_the_same(kept: str) -> None:
    assert arguments(kept) == kept


@pytest.mark.parametrize(
    "dropped",
    [
        "--port 8188",
        "--port=8188",
        "--listen",
        "--listen 0.0.0.0,::",
        "--tls-keyfile key.pem --tls-certfile cert.pem",
        "--enable-cors-header",
        "--enable-cors-header *",
        "--auto-launch --windows-standalone-build",
        "--user-directory /a --temp-directory /b --output-directory /c",
        "--database-url sqlite:///x.db",
        "--front-end-version Comfy-Org/ComfyUI_frontend@latest",
        "--front-end-root /front",
        "--multi-user",
        "--enable-manager",
        "--quick-test-for-ci",
        "--verbose DEBUG /var/log/comfyui.log",
        "--por 8188",
    ],
)
def test_what_is_of_one_server_alone_is_left_out(dropped: str) -> None:
    assert arguments(f"{dropped} --cpu") == "--cpu"
    assert arguments(f"--cpu {dropped}") == "--cpu"


def test_relative_paths_are_made_absolute() -> None:
    given = "--base-directory data --input-directory=../in"
    assert arguments(given) == "--base-directory /work/data --input-directory /in"


def test_paths_of_models_stay_and_the_one_of_a_managed_launch_goes() -> None:
    given = "--extra-model-paths-config mine.yaml /own/discomfort.yaml --extra-model-paths-config /own/discomfort.yaml"
    assert arguments(given) == "--extra-model-paths-config /work/mine.yaml"


def test_where_custom_nodes_are_off_the_pack_is_let_in() -> None:
    assert arguments("--disable-all-custom-nodes") == "--disable-all-custom-nodes --whitelist-custom-nodes discomfort"
    given = "--disable-all-custom-nodes --whitelist-custom-nodes one discomfort two"
    assert arguments(given) == "--disable-all-custom-nodes --whitelist-custom-nodes discomfort one two"


def test_a_console_level_stays() -> None:
    assert arguments("--verbose DEBUG") == "--verbose DEBUG"
