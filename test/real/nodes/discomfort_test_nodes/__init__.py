"""Nodes that the tests need and ComfyUI does not have: exact seeds, failures, blocked outputs, slow and rude nodes."""

import gc
import hashlib
import logging
import os
import time
import weakref

import comfy.clip_vision
from comfy.model_management import throw_exception_if_processing_interrupted
from comfy.utils import ProgressBar
from comfy_execution.graph_utils import ExecutionBlocker
from server import PromptServer


class AnyType(str):
    """Equal to every type."""

    def __ne__(self, other):
        return False


ANY = AnyType("*")


class TestInt:
    """Gives back a whole number of up to 64 bits without a sign."""

    RETURN_TYPES, FUNCTION, CATEGORY = ("INT",), "run", "test"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("INT", {"default": 0, "min": 0, "max": 2**64 - 1})}}

    def run(self, value):
        return (value,)


class TestFail:
    """Raises."""

    RETURN_TYPES, FUNCTION, CATEGORY = (ANY,), "run", "test"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"message": ("STRING", {"default": "it broke"})}, "optional": {"value": (ANY,)}}

    def run(self, message, value=None):
        raise ValueError(message)


class TestBlock:
    """Passes a value on, or blocks it, silently or with a message."""

    RETURN_TYPES, FUNCTION, CATEGORY = (ANY,), "run", "test"

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "value": (ANY,),
                "block": ("BOOLEAN", {"default": True}),
                "message": ("STRING", {"default": ""}),
            }
        }

    def run(self, value, block, message):
        return (ExecutionBlocker(message or None) if block else value,)


class TestSlow:
    """Takes a while in steps of 50 ms, and can be interrupted between them."""

    RETURN_TYPES, FUNCTION, CATEGORY = ("INT",), "run", "test"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"steps": ("INT", {"default": 20, "min": 1, "max": 10000}), "seed": ("INT", {"default": 0})}}

    def run(self, steps, seed):
        bar = ProgressBar(steps)
        for _ in range(steps):
            time.sleep(0.05)
            throw_exception_if_processing_interrupted()
            bar.update(1)
        return (seed,)


class TestSay:
    """Shows a text while it runs, and prints a warning."""

    RETURN_TYPES, FUNCTION, CATEGORY = ("STRING",), "run", "test"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"text": ("STRING", {"default": ""})}, "hidden": {"node": "UNIQUE_ID"}}

    def run(self, text, node):
        server = PromptServer.instance
        server.send_progress_text(text, node, server.client_id)
        logging.warning("WARNING: said %s", text)
        return (text,)


class TestCount:
    """Writes a line into a file whenever it runs: how often something was executed."""

    RETURN_TYPES, FUNCTION, CATEGORY, OUTPUT_NODE = (ANY,), "run", "test", True

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": (ANY,), "file": ("STRING", {"default": ""}), "line": ("STRING", {"default": ""})}}

    def run(self, value, file, line):
        with open(file, "a") as counted:
            counted.write(line + "\n")
        return (value,)


class TestWriteInPlace:
    """Writes into the picture that it gets, as badly behaved nodes do."""

    RETURN_TYPES, FUNCTION, CATEGORY = ("IMAGE",), "run", "test"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"image": ("IMAGE",)}}

    def run(self, image):
        image[:] = 0.25
        return (image,)


class Thing:
    """No data: it can stay in the server, or be made again."""

    alive = weakref.WeakSet()

    def __init__(self):
        Thing.alive.add(self)


class TestThing:
    """Makes an object that is counted while it lives."""

    RETURN_TYPES, FUNCTION, CATEGORY = ("THING",), "run", "test"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}}

    def run(self):
        return (Thing(),)


class TestCountThings:
    """How many of these objects live. Takes one, or nothing, and never comes from the cache."""

    RETURN_TYPES, FUNCTION, CATEGORY = ("INT",), "run", "test"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}, "optional": {"thing": ("THING",)}}

    @classmethod
    def IS_CHANGED(cls, thing=None):
        return float("nan")

    def run(self, thing=None):
        gc.collect()
        return (len(Thing.alive),)


class TestSeen:
    """What CLIP vision would give of a picture, without its model."""

    RETURN_TYPES, FUNCTION, CATEGORY = ("CLIP_VISION_OUTPUT",), "run", "test"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"image": ("IMAGE",)}}

    def run(self, image):
        seen = comfy.clip_vision.Output()
        seen["last_hidden_state"] = image.reshape(image.shape[0], -1, image.shape[-1])
        seen["image_embeds"] = image.mean(dim=(1, 2))
        seen["image_sizes"] = [image.shape[1:]] * image.shape[0]
        seen["mm_projected"] = None
        return (seen,)


class TestMark:
    """Passes a model on and notes the process that did it."""

    RETURN_TYPES, FUNCTION, CATEGORY = ("MODEL",), "run", "test"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"model": ("MODEL",), "file": ("STRING", {"default": ""})}}

    def run(self, model, file):
        with open(file, "a") as marks:
            marks.write(f"{os.getpid()}\n")
        return (model,)


class TestNext:
    """The next whole number, and whether it is enough."""

    RETURN_TYPES, RETURN_NAMES, FUNCTION, CATEGORY = ("INT", "BOOLEAN"), ("next", "enough"), "run", "test"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("INT", {"default": 0}), "most": ("INT", {"default": 4})}}

    def run(self, value, most):
        return (value + 1, value + 1 >= most)


class TestLogin:
    """Who is logged in, as digests: the login itself must stand nowhere. A seed has it run again."""

    RETURN_TYPES, FUNCTION, CATEGORY = ("STRING",), "run", "test"

    @classmethod
    def INPUT_TYPES(cls):
        hidden = {"token": "AUTH_TOKEN_COMFY_ORG", "key": "API_KEY_COMFY_ORG"}
        return {"required": {"seed": ("INT", {"default": 0})}, "hidden": hidden}

    def run(self, seed, token=None, key=None):
        return (" ".join(hashlib.sha256(str(secret).encode()).hexdigest()[:8] for secret in (token, key)),)


class TestClassOf:
    """The Python class of a value."""

    RETURN_TYPES, FUNCTION, CATEGORY = ("STRING",), "run", "test"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": (ANY,)}}

    def run(self, value):
        return (type(value).__name__,)


NODES = (
    TestInt,
    TestFail,
    TestBlock,
    TestSlow,
    TestSay,
    TestCount,
    TestWriteInPlace,
    TestThing,
    TestCountThings,
    TestSeen,
    TestMark,
    TestNext,
    TestLogin,
    TestClassOf,
)
NODE_CLASS_MAPPINGS = {node.__name__: node for node in NODES}
