import type { NodeDefinitions } from '../../../../src/prompt/node-definitions.ts'

let kept: NodeDefinitions = {}

/** Keeps what the server told of its classes when the page began. */
export function keepDefinitions(definitions: object): void {
  kept = { ...definitions }
}

export function nodeDefinitions(): NodeDefinitions {
  return kept
}
