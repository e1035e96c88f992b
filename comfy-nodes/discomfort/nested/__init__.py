"""What the nodes that run workflows do: joins the bridge, recipes and values with ComfyUI."""
