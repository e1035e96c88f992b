import { DiscomfortError } from '../errors.ts'
import type { InputPort, OutputPort } from '../ports/port.ts'
import { isTemplate, typesAgree } from '../ports/socket-type.ts'
import type { PartDraft } from './part-draft.ts'
import type { ReadPart } from './read-part.ts'

/** A workflow of several, read and with ids of its own. */
export interface Part {
  readonly draft: PartDraft
  readonly read: ReadPart
}

/** What becomes of an INPUT port: it takes what another port gives, or nothing before it gives anything. */
interface InputFate {
  readonly port: InputPort
  /** The OUTPUT port that gives its value. */
  readonly from: MadeEnd | undefined
  /** An INPUT port of its id before it, that stays open as well. */
  readonly like: OpenEnd | undefined
  /** Whether its id means one place only, so that a value given for it in a run cannot reach another. */
  readonly isPlain: boolean
}
/** An OUTPUT port of a part. */
export interface MadeEnd {
  readonly part: Part
  readonly port: OutputPort
}
interface OpenEnd {
  readonly part: Part
  readonly port: InputPort
}

/** Which ports are joined. */
export interface JointPlan {
  readonly inputs: ReadonlyMap<Part, readonly InputFate[]>
  /** OUTPUT ports whose values a later workflow takes. */
  readonly taken: ReadonlySet<OutputPort>
  /** OUTPUT ports behind which another of their id comes. */
  readonly replaced: ReadonlySet<OutputPort>
}

/**
 * Joins by `unique_id`: an INPUT port takes from the last OUTPUT port of its id in the workflows before its own.
 *
 * @throws {@link DiscomfortError} `PORT_TYPE_MISMATCH` naming both ends
 */
export function planJoints(parts: readonly Part[]): JointPlan {
  const made = new Map<string, MadeEnd>()
  const open = new Map<string, OpenEnd>()
  const typed = new Map<string, OpenEnd>()
  const taken = new Set<OutputPort>()
  const replaced = new Set<OutputPort>()
  const takenOf = new Map<string, Set<OutputPort>>()
  const fates = new Map<Part, Omit<InputFate, 'isPlain'>[]>()
  for (const part of parts) {
    const ofPart: Omit<InputFate, 'isPlain'>[] = []
    for (const port of part.read.ports.inputs) {
      const from = made.get(port.uniqueId)
      const like = from ? undefined : open.get(port.uniqueId)
      if (from) {
        check({ ...from, what: 'OUTPUT', verb: 'gives' }, part, port)
        taken.add(from.port)
        takenOf.set(port.uniqueId, (takenOf.get(port.uniqueId) ?? new Set()).add(from.port))
      } else {
        const before = typed.get(port.uniqueId)
        if (before) check({ ...before, what: 'INPUT', verb: 'takes' }, part, port)
        // One that takes anything says nothing of what those behind it may take.
        else if (!isTemplate(port.type)) typed.set(port.uniqueId, { part, port })
        if (!like) open.set(port.uniqueId, { part, port })
      }
      ofPart.push({ port, from, like })
    }
    fates.set(part, ofPart)
    for (const port of part.read.ports.outputs) {
      const before = made.get(port.uniqueId)
      if (before) replaced.add(before.port)
      made.set(port.uniqueId, { part, port })
    }
  }
  const isPlain = ({ uniqueId }: InputPort): boolean => !open.has(uniqueId) && takenOf.get(uniqueId)?.size === 1
  return {
    inputs: new Map(
      [...fates].map(([part, all]) => [part, all.map((one) => ({ ...one, isPlain: isPlain(one.port) }))]),
    ),
    taken,
    replaced,
  }
}

interface FirstEnd {
  readonly part: Part
  readonly port: { readonly uniqueId: string; readonly node: string; readonly title: string; readonly type: string }
  readonly what: 'OUTPUT' | 'INPUT'
  readonly verb: string
}

function check({ part: before, port: from, what, verb }: FirstEnd, part: Part, to: InputPort): void {
  if (typesAgree(from.type, to.type)) return
  throw new DiscomfortError(
    'PORT_TYPE_MISMATCH',
    `The ${what} port "${from.uniqueId}" of ${before.draft.label} ("${from.title}", node ${from.node}) ${verb} ${from.type}, but the INPUT port of that id in ${part.draft.label} ("${to.title}", node ${to.node}) takes ${to.type}. Give one of them another unique_id.`,
    { details: { uniqueId: to.uniqueId, expected: to.type, found: from.type, node: to.node } },
  )
}
