import { type Discomfort, Tensor } from '../../src/index.ts'
import type { FakeOptions } from '../../src/testing.ts'
import { decodeTree } from '../../src/values/decode-tree.ts'
import { encodeValue } from '../../src/values/encode-value.ts'
import { saverClass } from '../../src/run/make-plan.ts'
import { Reference } from '../../src/context/reference.ts'
import { captureRecipe } from '../../src/run/capture-recipe.ts'
import { node, port } from '../support/port-definitions.ts'
import type { Cases, Place } from './place.ts'

const picture = { 1: port('in'), 2: node('Picture', { image: ['1', 0] }), 3: port('out', ['2', 0]) }
const count = { 1: node('Many'), 2: port('out', ['1', 1]) }
const grey = (side = 4) => Tensor.from(new Float32Array(side * side * 3), [1, side, side, 3])

/** A node of our pack raises. */
const raised =
  (type: string, message: string) =>
  async ({ discomfort }: Place) => {
    const handle = await discomfort({
      script: (job) => job.fail({ node: '2', type: `transport.problems.${type}`, message }),
    })
    await handle.run(count)
  }
const refused = (status: number, message: string): FakeOptions => ({
  intercept: ({ method, path }) =>
    method === 'PUT' && path.startsWith('/discomfort/values/') ? { status, body: { error: { message } } } : undefined,
})
const sent = async ({ discomfort }: Place, options: FakeOptions) =>
  (await discomfort(options)).run(picture, { inputs: { in: grey() } })

async function withContext(
  { discomfort }: Place,
  use: (context: ReturnType<Discomfort['context']>, handle: Discomfort) => unknown,
  options?: FakeOptions,
): Promise<void> {
  const handle = await discomfort(options)
  await use(handle.context(), handle)
}

/** What is wrong with values. */
export const valueCases: Cases<
  | 'PORT_TYPE_UNSUPPORTED'
  | 'VALUE_NOT_FOUND'
  | 'VALUE_TYPE'
  | 'VALUE_GONE'
  | 'VALUE_IS_REFERENCE'
  | 'VALUE_CORRUPT'
  | 'VALUE_TOO_LARGE'
  | 'INT_UNSAFE'
  | 'STORE_FULL'
  | 'EXPORT_EXISTS'
  | 'IMPORT_EXISTS'
> = {
  PORT_TYPE_UNSUPPORTED: {
    'a saver got something that is no data': raised('DiscomfortValueUnsupported', 'The port "out" got a ModelPatcher.'),
  },
  VALUE_NOT_FOUND: {
    'there is no such key': (there) =>
      withContext(there, async (context) => {
        await context.save('seed', 7)
        await context.load('sed')
      }),
    'an output that was asked for was blocked': async ({ discomfort }) =>
      (await discomfort({ script: (job) => job.succeed() })).run(count, { outputs: { out: 'INT' } }),
    'there is no file to upload': async ({ discomfort, path }) =>
      (await discomfort()).connector.uploadData(path('none.png')),
  },
  VALUE_TYPE: {
    'a fraction is no INT': async ({ discomfort }) =>
      (await discomfort()).run({ 1: port('seed'), 2: node('Sampler', { seed: ['1', 0] }) }, { inputs: { seed: 7.9 } }),
    'an output is of another kind': async ({ discomfort }) =>
      (await discomfort()).run(count, { outputs: { out: 'STRING' } }),
  },
  VALUE_GONE: {
    'a key was deleted before its bytes were read': (there) =>
      withContext(there, async (context) => {
        await context.save('picture', grey())
        const kept = (await context.load('picture')) as Tensor
        await context.save('picture', grey(8))
        await kept.data()
      }),
    'a loader does not find it': raised('DiscomfortValueGone', 'The value is gone.'),
    'the server does not have it any more': (there) => sent(there, refused(404, 'The context was removed meanwhile.')),
  },
  VALUE_IS_REFERENCE: {
    'a reference is asked for as data': (there) =>
      withContext(there, async (context) => {
        const prompt = { 7: node('Model') }
        const source = { prompt, loads: [], originOf: (id: string) => ({ workflow: 'a.json', node: id }), files: {} }
        const recipe = captureRecipe(source, ['7', 0], { type: 'MODEL', isList: false })
        await context.save('model', new Reference(recipe))
        await context.load('model', 'IMAGE')
      }),
  },
  VALUE_CORRUPT: {
    'a saver tells something else': async ({ discomfort }) =>
      (
        await discomfort({
          script(job) {
            const [saver] = Object.entries(job.prompt).find(([, { class_type }]) => class_type === saverClass) ?? ['']
            job.output(saver, { discomfort: [{ v: 9 }] })
            job.succeed()
          },
        })
      ).run(count),
    'a tree holds what is not in its grammar': () =>
      decodeTree({ pickle: 'gASVAAAA' }, { id: 'out', tensor: () => undefined }),
    'a loader finds another file': raised('DiscomfortValueDamaged', 'The file has another checksum.'),
    'it was damaged on its way': (there) => sent(there, refused(422, 'The bytes are others than announced.')),
  },
  VALUE_TOO_LARGE: {
    'it is too much for one array': () =>
      new Tensor('U8', [2 ** 33], { read: () => Promise.resolve(new Uint8Array()) }).data(),
    'the server takes no such size': (there) =>
      sent(there, {
        intercept: ({ method, path }) =>
          method === 'PUT' && path.startsWith('/discomfort/contexts/')
            ? { status: 201, body: { v: 1, limit: 100 } }
            : undefined,
      }),
  },
  INT_UNSAFE: {
    'a number is beyond 2^53': () => encodeValue(2 ** 53, 'INT', 'seed'),
  },
  STORE_FULL: {
    'a saver finds no room': raised('DiscomfortStoreFull', 'There is no room in the store.'),
    'the server finds no room': (there) => sent(there, refused(507, 'There is no room in the store.')),
  },
  EXPORT_EXISTS: {
    'the file is there': (there) =>
      withContext(there, async (context) => {
        await context.save('text', { a: 1 })
        for (let time = 0; time < 2; time += 1) await context.exportData('text', there.path('text.json'))
      }),
  },
  IMPORT_EXISTS: {
    'the key is there': (there) =>
      withContext(there, async (context) => {
        await context.save('text', { a: 1 })
        await context.exportData('text', there.path('text.json'))
        await context.importData('text', there.path('text.json'))
      }),
  },
}
