"""Discomfort: the nodes and routes with which code runs ComfyUI workflows. Loaded by ComfyUI."""

import atexit
import logging
import os

from server import PromptServer

from nodes import interrupt_processing

_MARK = "discomfort_pack"

NODE_CLASS_MAPPINGS = {}
NODE_DISPLAY_NAME_MAPPINGS = {}

if hasattr(PromptServer.instance, _MARK):
    # A second copy would register its routes twice and forget what the first one knows.
    logging.warning("Discomfort: already loaded from %s; this copy stands down.", getattr(PromptServer.instance, _MARK))
else:
    from .echo import echo_requests
    from .model_cache import create_model_cache
    from .named_files import note_files
    from .nodes.context_loader import ContextLoader
    from .nodes.context_saver import ContextSaver
    from .nodes.gather import Gather
    from .nodes.held_value import HeldValue
    from .nodes.loop import Loop
    from .nodes.port import Port
    from .nodes.run_workflow import RunWorkflow
    from .nodes.script import Script
    from .nodes.switch import Switch
    from .runs import remotes
    from .server_jobs import add_job_routes
    from .server_memory import add_memory_route
    from .server_page import add_page_routes
    from .server_prompts import add_prompt_handler
    from .server_routes import add_routes
    from .server_values import add_value_routes

    NODE_CLASS_MAPPINGS = {
        "DiscomfortPort": Port,
        "DiscomfortTestRunner": RunWorkflow,
        "DiscomfortLoop": Loop,
        "DiscomfortSwitch": Switch,
        "DiscomfortScript": Script,
        "DiscomfortContextLoader": ContextLoader,
        "DiscomfortContextSaver": ContextSaver,
        "DiscomfortGather": Gather,
        "DiscomfortHeldValue": HeldValue,
    }
    NODE_DISPLAY_NAME_MAPPINGS = {
        "DiscomfortPort": "Discomfort port",
        "DiscomfortTestRunner": "Run workflow",
        "DiscomfortLoop": "Loop workflow",
        "DiscomfortSwitch": "Switch workflow",
        "DiscomfortScript": "Run script",
        "DiscomfortContextLoader": "Discomfort context loader",
        "DiscomfortContextSaver": "Discomfort context saver",
        "DiscomfortGather": "Discomfort gather",
        "DiscomfortHeldValue": "Discomfort held value",
    }
    echo_requests(PromptServer.instance.app)
    add_prompt_handler(PromptServer.instance)
    # After the ports: a name that came out of one is a constant then.
    jobs = add_job_routes(PromptServer.instance, interrupt_processing)
    script_runs = add_page_routes(PromptServer.instance, jobs)
    add_routes(PromptServer.instance, create_model_cache(PromptServer.instance), note_files, jobs, script_runs)
    add_value_routes(PromptServer.instance, remotes)
    add_memory_route(PromptServer.instance)
    atexit.register(remotes.close)
    setattr(PromptServer.instance, _MARK, __path__[0])

    if os.path.isdir(os.path.join(__path__[0], "web")):
        # ComfyUI serves the folder to its page. It is made by the build.
        WEB_DIRECTORY = "./web"

__all__ = ["NODE_CLASS_MAPPINGS", "NODE_DISPLAY_NAME_MAPPINGS"]
