/**
 * Classes that ComfyUI has given up, with the ones that took their place: the same inputs in the same order. Old
 * workflows still name them.
 */
export const retiredClasses: ReadonlyMap<string, string> = new Map([
  ['ConditioningAverage ', 'ConditioningAverage'],
  ['SDV_img2vid_Conditioning', 'SVD_img2vid_Conditioning'],
  ['T2IAdapterLoader', 'ControlNetLoader'],
  ['Load3DAnimation', 'Load3D'],
  ['Preview3DAnimation', 'Preview3D'],
])
