import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAssignment } from '../../src/cli/parse-assignment.ts'
import { readInput } from '../../src/cli/read-input.ts'
import { WorkflowContext } from '../../src/context/workflow-context.ts'
import { Image } from '../../src/image/image.ts'
import { Mask } from '../../src/values/mask.ts'
import { Tensor } from '../../src/values/tensor.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'discomfort-cli-'))
  await using context = new WorkflowContext({}, { ram: undefined, disk: join(folder, 'store') })
  const image = Image.from(Tensor.from(new Float32Array([0, 0.5, 1, 1, 1, 1]), [1, 1, 2, 3]))
  await context.save('image', image)
  await context.save('deep', { list: [1, image.tensor], big: 2n ** 60n })
  await context.exportData('image', join(folder, 'image.png'))
  await context.exportData('image', join(folder, 'image.safetensors'))
  await context.exportData('deep', join(folder, 'deep.safetensors'))
  await writeFile(join(folder, 'text.txt'), 'two\nlines')
  await writeFile(join(folder, 'data.json'), '{"seed": 18446744073709551615, "a": [1.5]}')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const read = (given: string, type: string) => readInput(parseAssignment(given), type)
const file = (name: string) => join(folder, name)

describe('an --input', () => {
  it.each([
    ['n=7', 'INT', 7],
    ['n=-7', 'INT', -7],
    ['n=18446744073709551615', 'INT', 2n ** 64n - 1n],
    ['n=7', 'FLOAT', 7],
    ['n=.5', 'FLOAT', 0.5],
    ['n=1e-3', 'FLOAT', 0.001],
    ['n=true', 'BOOLEAN', true],
    ['n=7', 'STRING', '7'],
    ['n=', 'STRING', ''],
    ['n=a=b', 'STRING', 'a=b'],
    ['n=euler', 'COMBO', 'euler'],
    ['n=7', 'INT,FLOAT', 7],
    ['n=7.5', 'INT,FLOAT', 7.5],
    ['n=7', '*', 7],
    ['n=false', '*', false],
    ['n=seven', '*', 'seven'],
    ['n:=[1, "two", {"three": 18446744073709551615}]', '*', [1, 'two', { three: 2n ** 64n - 1n }]],
    ['n:="@text"', 'STRING', '@text'],
    ['n:=null', '*', null],
  ])('%s for %s', async (given, type, value) => {
    expect(await read(given, type)).toEqual(value)
  })

  it.each([
    ['n=7.9', 'INT'],
    ['n=0x10', 'INT'],
    ['n=', 'INT'],
    ['n=seven', 'FLOAT'],
    ['n=NaN', 'FLOAT'],
    ['n=yes', 'BOOLEAN'],
    ['n=a.png', 'IMAGE'],
    ['n:={', '*'],
  ])('refuses %s for %s', async (given, type) => {
    await expect(read(given, type)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })

  it('has a name before its sign', () => {
    expect(parseAssignment('KSampler.seed=7')).toEqual({ name: 'KSampler.seed', form: 'text', text: '7' })
    expect(parseAssignment('12:3.seed:=7')).toEqual({ name: '12:3.seed', form: 'json', text: '7' })
    for (const given of ['name', '=7', ':=7'])
      expect(() => parseAssignment(given)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
  })

  it('opens pictures as images and masks', async () => {
    const image = await read(`n=@${file('image.png')}`, 'IMAGE')
    expect(image).toBeInstanceOf(Image)
    expect([...(await (image as Image).pixels())].slice(3)).toEqual([1, 1, 1])
    expect(await read(`n=@${file('image.png')}`, '*')).toBeInstanceOf(Image)
    expect(await read(`n=@${file('image.png')}`, 'MASK')).toBeInstanceOf(Mask)
  })

  it('opens values that were exported', async () => {
    const image = (await read(`n=@${file('image.safetensors')}`, 'IMAGE')) as Image
    expect(await image.pixels()).toEqual(new Float32Array([0, 0.5, 1, 1, 1, 1]))
    const deep = (await read(`n=@${file('deep.safetensors')}`, '*')) as { list: [number, Tensor]; big: bigint }
    expect(deep.big).toBe(2n ** 60n)
    expect(deep.list[1].shape).toEqual([1, 1, 2, 3])
  })

  it('reads text and JSON', async () => {
    expect(await read(`n=@${file('text.txt')}`, 'STRING')).toBe('two\nlines')
    expect(await read(`n=@${file('data.json')}`, 'DICT')).toEqual({ seed: 2n ** 64n - 1n, a: [1.5] })
    expect(await read(`n=@${file('data.json')}`, 'STRING')).toContain('"seed"')
  })

  it('says which file it cannot read', async () => {
    for (const name of ['no.png', 'no.safetensors', 'no.txt'])
      await expect(read(`n=@${file(name)}`, '*')).rejects.toMatchObject({ code: 'VALUE_NOT_FOUND' })
    await expect(read('n=@a.docx', 'VIDEO')).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })
})
