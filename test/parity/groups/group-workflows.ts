import type { Workflow } from '../../../src/workflow/document.ts'
import { convertedCases } from './converted.ts'
import { cutCases } from './cuts.ts'
import { primitiveCases } from './primitives.ts'
import { socketCases } from './sockets.ts'
import { stateCases } from './states.ts'

/** Workflows with group nodes of older ComfyUI, each for one thing that they can hold. */
export const groupWorkflows: Readonly<Record<string, Workflow>> = {
  ...convertedCases,
  ...cutCases,
  ...primitiveCases,
  ...socketCases,
  ...stateCases,
}

/**
 * Where the conversion does what the author of the workflow meant, with a warning: the page's prompt is one that no
 * server takes.
 */
export const meantOtherwise: ReadonlySet<string> = new Set([
  'a group in a group',
  'a group in a subgraph',
  'a primitive inside for a choice',
  'a reroute as a pipe',
  'a reroute with a pipe through a cut',
  'links that lead nowhere inside',
  'reroutes inside',
])
