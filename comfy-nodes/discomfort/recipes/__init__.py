"""How values are made, cut out of the prompt that runs. Imports nothing of ComfyUI."""
