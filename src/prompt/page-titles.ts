/**
 * Classes that ComfyUI's page calls by a name of its own, whatever the server says (page 1.47 to 1.58, in English).
 * A node without a title of its own gets this one, and the prompt carries it.
 */
export const pageTitles: ReadonlyMap<string, string> = new Map([
  ['LTXVConcatAVLatent', 'LTXVConcatAVLatent'],
  ['LTXVSeparateAVLatent', 'LTXVSeparateAVLatent'],
  ['MinimaxHailuoVideoNode', 'MiniMax Hailuo Video'],
  ['PrimitiveString', 'Text String (DEPRECATED)'],
  ['PrimitiveStringMultiline', 'Input Text'],
  ['RecraftImageToImageNode', 'Recraft Image to Image'],
  ['RecraftTextToImageNode', 'Recraft Text to Image'],
  ['RecraftTextToVectorNode', 'Recraft Text to Vector'],
])
