"""How values travel between the library and ComfyUI. Nothing in this folder imports ComfyUI."""
