"""What somebody writes who wants a picture in and out of ComfyUI as fast as it goes: safetensors in shared memory."""

from safetensors.torch import load_file, save_file


class BenchLoad:
    """Reads a picture from a file. The number makes each run new."""

    RETURN_TYPES, FUNCTION, CATEGORY = ("IMAGE",), "run", "bench"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"path": ("STRING", {"default": ""}), "number": ("INT", {"default": 0, "max": 2**31})}}

    def run(self, path, number):
        return (load_file(path)["image"],)


class BenchSave:
    """Writes a picture to a file."""

    RETURN_TYPES, FUNCTION, CATEGORY, OUTPUT_NODE = (), "run", "bench", True

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"image": ("IMAGE",), "path": ("STRING", {"default": ""})}}

    def run(self, image, path):
        save_file({"image": image.contiguous()}, path)
        return {"ui": {"saved": [path]}}


NODE_CLASS_MAPPINGS = {node.__name__: node for node in (BenchLoad, BenchSave)}
