"""Models that stay loaded between runs: which nodes, which files, for how long. Nothing here imports ComfyUI."""
