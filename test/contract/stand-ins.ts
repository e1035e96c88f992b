import { setTimeout as sleep } from 'node:timers/promises'
import { blocker, fakeComfyUI, type FakeComfyUI } from '../../src/testing.ts'
import type { NodeDefinitions } from '../../src/prompt/node-definitions.ts'

/** The classes that the contract uses, as a real ComfyUI and the nodes of test/real/nodes define them. */
const definitions: NodeDefinitions = Object.fromEntries(
  Object.entries({
    PrimitiveInt: { required: { value: ['INT', {}] }, output: ['INT'] },
    TestInt: { required: { value: ['INT', { min: 0, max: 2 ** 64 }] }, output: ['INT'] },
    TestFail: { required: { message: ['STRING', {}] }, output: ['*'] },
    TestBlock: { required: { value: ['*'], block: ['BOOLEAN'], message: ['STRING'] }, output: ['*'] },
    TestSlow: { required: { steps: ['INT', { min: 1, max: 10_000 }], seed: ['INT', {}] }, output: ['INT'] },
    PreviewAny: { required: { source: ['*', {}] }, output: [], isOutput: true },
  } as Record<string, { required: Record<string, unknown[]>; output: string[]; isOutput?: boolean }>).map(
    ([name, { required, output, isOutput = false }]) => [
      name,
      { name, input: { required }, output, output_node: isOutput },
    ],
  ),
)

/** A fake ComfyUI whose nodes do what those of the real one do. */
export function contractServer(): Promise<FakeComfyUI> {
  return fakeComfyUI({
    strict: true,
    definitions,
    nodes: {
      PrimitiveInt: ({ value }) => [value],
      TestInt: ({ value }) => [value],
      TestFail({ message }) {
        throw Object.assign(new Error(String(message)), { name: 'ValueError' })
      },
      TestBlock: ({ value, block, message }) => [block ? blocker(String(message) || undefined) : value],
      async TestSlow({ steps, seed }, { node, job }) {
        for (let step = 1; step <= Number(steps); step += 1) {
          await sleep(50, undefined, { signal: job.signal })
          job.progress(node, step, Number(steps))
        }
        return [seed]
      },
      PreviewAny: ({ source }, { node, job }) => job.output(node, { text: [String(source)] }),
    },
  })
}
