import { writeFile } from 'node:fs/promises'
import { readBridgeConfig } from '../../src/bridge/bridge-config.ts'
import { allowScript } from '../../src/bridge/scripts/allow-script.ts'
import { loadScript } from '../../src/bridge/scripts/load-script.ts'
import type { FakeJob } from '../../src/testing.ts'
import { node, port } from '../support/port-definitions.ts'
import type { Cases } from './place.ts'

const count = { 1: node('Many', {}, 'The counter'), 2: port('out', ['1', 1]) }
const untilCancelled = async (job: FakeJob) => {
  await job.cancelled
  job.interrupted()
}

/** What becomes of runs. */
export const runCases: Cases<
  | 'ITERATIONS_EXCEEDED'
  | 'PROMPT_REJECTED'
  | 'SUBMIT_UNKNOWN'
  | 'NODE_FAILED'
  | 'OUT_OF_MEMORY'
  | 'ABORTED'
  | 'TIMEOUT'
  | 'CLOSED'
  | 'SCRIPTS_DISABLED'
  | 'SCRIPT_FAILED'
  | 'CONFIG_INVALID'
> = {
  SCRIPTS_DISABLED: {
    'nobody has allowed any': async ({ folder }) => allowScript({ path: 'a.ts' }, await readBridgeConfig(folder, {})),
    'only files may run': async ({ folder, path }) => {
      await writeFile(path('discomfort.bridge.json'), '{"scripts":"files"}')
      await allowScript({ text: 'return {}' }, await readBridgeConfig(folder, {}))
    },
    'it lies elsewhere': async ({ folder, path }) => {
      await writeFile(path('discomfort.bridge.json'), '{"scripts":"files"}')
      await writeFile(path('a.ts'), 'return {}')
      await allowScript({ path: path('a.ts') }, await readBridgeConfig(folder, {}))
    },
  },
  SCRIPT_FAILED: {
    'there is no such file': async ({ folder, path }) => {
      await writeFile(path('discomfort.bridge.json'), '{"scripts":"files"}')
      await allowScript({ path: 'none.ts' }, await readBridgeConfig(folder, {}))
    },
    'its export is no function': async ({ folder }) => loadScript({ text: 'export default 7' }, folder),
  },
  ITERATIONS_EXCEEDED: {
    // A workflow that only gives references sends nothing, so 10,000 rounds are soon over.
    'the condition never holds': async ({ discomfort }) =>
      (await discomfort()).run({ 1: node('Model'), 2: port('model', ['1', 0]) }, { until: () => false }),
  },
  PROMPT_REJECTED: {
    wholly: async ({ discomfort }) => (await discomfort({ strict: true })).run(count),
    'in part': async ({ discomfort }) => {
      const errors = [{ type: 'bad_linked_input', message: 'Bad link', details: 'image' }]
      const handle = await discomfort({
        faults: { nodeErrors: { 1: { errors, dependent_outputs: ['2'], class_type: 'Many' } } },
        script: untilCancelled,
      })
      await handle.run(count)
    },
    'in the form of old releases': async ({ discomfort }) => {
      const handle = await discomfort({ faults: { oldRefusals: true }, strict: true })
      await handle.run(count)
    },
  },
  SUBMIT_UNKNOWN: {
    'the answer was lost, and the server does not know the job': async ({ discomfort }) =>
      (await discomfort({ pack: false, faults: { loseSubmits: 1 } })).run({ 1: node('Many') }),
  },
  NODE_FAILED: {
    'a node raises': async ({ discomfort }) =>
      (await discomfort({ script: (job) => job.fail({ node: '1', type: 'ValueError', message: 'it broke' }) })).run(
        count,
      ),
  },
  OUT_OF_MEMORY: {
    'a node raises that': async ({ discomfort }) =>
      (await discomfort({ script: (job) => job.outOfMemory('1') })).run(count),
  },
  ABORTED: {
    'somebody interrupts it': async ({ discomfort }) =>
      (await discomfort({ script: (job) => job.interrupted() })).run(count),
    'its signal fires': async ({ discomfort }) => {
      const controller = new AbortController()
      const script = (job: FakeJob) => {
        controller.abort()
        return untilCancelled(job)
      }
      await (await discomfort({ script })).run(count, { signal: controller.signal })
    },
    'it leaves the queue without an end': async ({ discomfort }) =>
      (await discomfort({ script: (job) => job.vanish() })).run(count),
  },
  TIMEOUT: {
    'a run takes too long': async ({ discomfort }) =>
      (await discomfort({ script: untilCancelled })).run(count, { timeout: 30 }),
  },
  CLOSED: {
    'a handle': async ({ discomfort }) => {
      const handle = await discomfort()
      await handle.close()
      await handle.run(count)
    },
    'a context': async ({ discomfort }) => {
      const context = (await discomfort()).context()
      await context.shutdown()
      await context.save('a', 1)
    },
    'a connector': async ({ discomfort }) => {
      const { connector } = await discomfort()
      await connector.shutdown()
      await connector.runWorkflow(count)
    },
  },
  CONFIG_INVALID: {
    'an option is unknown': async ({ discomfort }) => (await discomfort()).run(count, { input: {} } as never),
    'an option does not fit': async ({ discomfort }) => (await discomfort()).run(count, { iterations: 0 }),
    'a file cannot be deleted there': async ({ discomfort, path }) =>
      (await discomfort()).connector.uploadData(path('a.png'), { isEphemeral: true }),
  },
}
