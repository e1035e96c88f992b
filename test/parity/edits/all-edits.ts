import type { Edit } from './editor.ts'
import { linkEdits } from './link-edits.ts'
import { nodeEdits } from './node-edits.ts'
import { subgraphEdits } from './subgraph-edits.ts'

/** Every edit by name. */
export const allEdits: Readonly<Record<string, Edit>> = { ...nodeEdits, ...linkEdits, ...subgraphEdits }

/** How often an edit is picked beside the others; 1 where nothing is said. */
export const editWeights: Readonly<Record<string, number>> = {
  bypass: 3,
  rerouteNode: 2,
  changeWidget: 3,
  toSubgraph: 2,
  promoteWidget: 3,
  changeOutside: 3,
  primitive: 2,
}
