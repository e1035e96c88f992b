import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Audio, ComfyObject, Discomfort, Image, type Kind, Latent, Tensor, tuple, Video } from 'discomfort'
import type { Prompt } from '../../src/prompt/prompt.ts'
import { encodeValue } from '../../src/values/encode-value.ts'
import { ITEM_SIZES, type Dtype } from '../../src/values/dtype.ts'
import { treeText } from '../../src/values/tree-text.ts'
import { node, port, through } from './support/prompts.ts'

let discomfort: Discomfort
let folder: string
beforeAll(async () => {
  discomfort = await Discomfort.create({ server: inject('server') })
  folder = await mkdtemp(join(tmpdir(), 'discomfort-types-'))
})
afterAll(async () => {
  await discomfort.close()
  await rm(folder, { recursive: true, force: true })
})

/** In, through the classes of the server, and out again. */
const straight: Prompt = {
  in: port('in'),
  out: port('out', ['in', 0]),
  class: node('TestClassOf', { value: ['in', 0] }),
  name: port('name', ['class', 0]),
}

/** A tensor of numbers that are all different. */
function floats(...shape: number[]): Tensor {
  const length = shape.reduce((product, size) => product * size, 1)
  return Tensor.from(
    Float32Array.from({ length }, (_, index) => Math.sin(index)),
    shape,
  )
}

/** All that a value is: its type, its tree, and the bytes of its tensors. */
async function contentOf(value: unknown): Promise<unknown> {
  const { type, tree, tensors } = encodeValue(value)
  const bytes = await Promise.all(tensors.map(async (tensor) => Buffer.from(await tensor.bytes()).toString('hex')))
  return { type, tree: treeText(tree), bytes, shapes: tensors.map(({ dtype, shape }) => [dtype, ...shape]) }
}

/** Sends a value in and out, and tells the name of the Python class that it was in between. */
async function thereAndBack(value: unknown): Promise<{ out: unknown; name: unknown }> {
  const { out, name } = await discomfort.run(straight, { inputs: { in: value } })
  return { out, name }
}

/** What one node gives. */
async function outputOf<K extends Kind>(kind: K, prompt: Prompt, inputs: Record<string, unknown> = {}, passBy?: 'val') {
  const { out } = await discomfort.run(prompt, { inputs, outputs: { out: kind }, ...(passBy ? { passBy } : {}) })
  return out
}

describe('every type goes in and comes out bit for bit', () => {
  const fraction = ComfyObject.from('Fraction', { numerator: 24_000, denominator: 1001 }, '*')
  const object = (name: string, type: string, fields: Record<string, unknown>) => ComfyObject.from(name, fields, type)
  const faces = Tensor.from(new BigInt64Array([0n, 1n, 2n]), [1, 1, 3])
  const mesh = { vertices: floats(1, 3, 3), faces, uvs: null, vertex_colors: null, texture: null }
  const curve = { points: [tuple([0.25, 0.5]), tuple([0.75, 1.5])] }
  const splat = { positions: floats(1, 2, 3), scales: floats(1, 2, 3), rotations: floats(1, 2, 4) }
  const file = Tensor.from(Uint8Array.from({ length: 5000 }, (_, index) => index & 255))

  it.each<[string, unknown, string]>([
    ['an IMAGE', Image.from(floats(2, 4, 6, 3)), 'Tensor'],
    ['an AUDIO', Audio.from({ waveform: floats(1, 2, 100), sampleRate: 44_100 }), 'dict'],
    ['a LATENT of audio', Latent.from({ samples: floats(1, 64, 20), type: 'audio' }), 'dict'],
    ['a LATENT of a video', Latent.from({ samples: floats(1, 16, 2, 4, 4), batch_index: [0] }), 'dict'],
    [
      'a LATENT of a video with its audio',
      Latent.from({ samples: object('NestedTensor', '*', { tensors: [floats(1, 16, 2, 4, 4), floats(1, 8, 9)] }) }),
      'dict',
    ],
    [
      'a VIDEO that is a file',
      object('VideoFromFile', 'VIDEO', { file, start_time: 0.5, duration: 1.5 }),
      'VideoFromFile',
    ],
    [
      'a CLIP_VISION_OUTPUT',
      object('ClipVisionOutput', 'CLIP_VISION_OUTPUT', {
        last_hidden_state: floats(1, 4, 8),
        image_sizes: [tuple([3, 8, 8])],
      }),
      'Output',
    ],
    ['a MESH', object('MESH', 'MESH', { ...mesh, vertex_counts: null, face_counts: null, unlit: true }), 'MESH'],
    ['a VOXEL', object('VOXEL', 'VOXEL', { data: floats(1, 4, 4, 4) }), 'VOXEL'],
    [
      'a SPLAT',
      object('SPLAT', 'SPLAT', { ...splat, opacities: floats(1, 2, 1), sh: floats(1, 2, 1, 3), counts: null }),
      'SPLAT',
    ],
    ['a 3D file', object('File3D', 'FILE_3D_GLB', { file, format: 'glb' }), 'File3D'],
    ['an SVG', object('SVG', 'SVG', { data: [file, file.slice(0, 0)] }), 'SVG'],
    ['a CURVE', object('MonotoneCubicCurve', 'CURVE', curve), 'MonotoneCubicCurve'],
    ['a RANGE', object('RangeInput', 'RANGE', { min_val: 0.25, max_val: 0.75, midpoint: null }), 'RangeInput'],
    ['a rate of frames', fraction, 'Fraction'],
    ['an array of numpy', object('ndarray', '*', { array: Tensor.from(new Int16Array([1, -2])) }), 'ndarray'],
    ['a bounding box', { x: 1, y: 2, width: 3, height: 4 }, 'dict'],
    ['bytes', new Uint8Array([0, 255]), 'bytes'],
    ['nothing', null, 'NoneType'],
    ['a number beyond 64 bits', -(2n ** 100n), 'int'],
    ['special floats', [NaN, Infinity, -Infinity, -0, 5e-324], 'list'],
    ['text of all kinds', 'ü 日本 🎈 \0 \u2028 \ud800', 'str'],
    ['nested data', { list: [tuple([1, [2.5, null]]), new Map([[1, 'one']])] }, 'dict'],
  ])('%s', async (_name, value, className) => {
    const { out, name } = await thereAndBack(value)
    expect(name).toBe(className)
    expect(await contentOf(out)).toEqual(await contentOf(value))
  })

  it('tensors of every type, with any bits', async () => {
    const bits = Uint8Array.from({ length: 256 }, (_, index) => index)
    const tensors = (Object.keys(ITEM_SIZES) as Dtype[]).map((dtype) =>
      Tensor.from(dtype === 'BOOL' ? bits.map((byte) => byte & 1) : bits, [2, 128 / ITEM_SIZES[dtype]], dtype),
    )
    expect(await contentOf((await thereAndBack(tensors)).out)).toEqual(await contentOf(tensors))
  })

  it.each([
    ['a name that nobody knows', ComfyObject.from('os.system', { command: 'true' })],
    ['fields that do not fit', ComfyObject.from('MESH', { vertices: null })],
  ])('but no object with %s', async (_name, object) => {
    await expect(discomfort.run(straight, { inputs: { in: object } })).rejects.toMatchObject({
      code: 'VALUE_CORRUPT',
      details: { reason: expect.stringContaining(object.name) },
    })
  })

  it('a value that came out and goes in again', async () => {
    const whole = await outputOf('VIDEO', through('CreateVideo', 'images', { fps: 24 }), {
      in: Image.from(floats(3, 16, 16, 3)),
    })
    const { out, name } = await thereAndBack(whole)
    expect(name).toBe('VideoFromComponents')
    expect(await contentOf(out)).toEqual(await contentOf(whole))
  })
})

describe('what the nodes of ComfyUI give', () => {
  it('AUDIO: silence that is joined to a sound that was given', async () => {
    const prompt = {
      in: port('in'),
      silence: node('EmptyAudio', { duration: 0.5, sample_rate: 8000, channels: 2 }),
      both: node('AudioConcat', { audio1: ['in', 0], audio2: ['silence', 0], direction: 'after' }),
      out: port('out', ['both', 0]),
    }
    const sound = Audio.from({ waveform: floats(1, 2, 800), sampleRate: 8000 })
    const joined = await outputOf('AUDIO', prompt, { in: sound })
    expect([joined.sampleRate, joined.channels, joined.duration]).toEqual([8000, 2, 0.6])
    const samples = (await joined.waveform.data()) as Float32Array
    expect(samples.subarray(0, 800)).toEqual(((await sound.waveform.data()) as Float32Array).subarray(0, 800))
    expect(samples.subarray(800, 4800).every((sample) => sample === 0)).toBe(true)
  })

  it.each(['float32', 'pcm16'] as const)(
    'AUDIO: a WAV file (%s) is read here as LoadAudio reads it',
    async (encoding) => {
      const path = join(folder, `${encoding}.wav`)
      await Audio.from({ waveform: floats(1, 2, 1000), sampleRate: 22_050 }).toFile(path, { encoding })
      const uploaded = await discomfort.connector.uploadData(path)
      const loaded = await outputOf('AUDIO', {
        load: node('LoadAudio', { audio: uploaded.widgetValue }),
        out: port('out', ['load', 0]),
      })
      expect(await contentOf(loaded)).toEqual(await contentOf(await Audio.open(path)))
    },
  )

  it('VIDEO: frames lose nothing, and their file is one that ComfyUI opens again', async () => {
    const images = Image.from(
      Tensor.from(((await floats(4, 32, 48, 3).data()) as Float32Array).map(Math.abs), [4, 32, 48, 3]),
    )
    const sound = Audio.from({ waveform: floats(1, 2, 8000), sampleRate: 44_100 })
    const made = {
      images: port('images'),
      sound: port('sound'),
      video: node('CreateVideo', { images: ['images', 0], audio: ['sound', 0], fps: 25 }),
      out: port('out', ['video', 0]),
    }
    await using context = discomfort.context()
    const { out } = await discomfort.run(made, { context, inputs: { images, sound }, outputs: { out: 'VIDEO' } })
    expect(out.frameRate).toBe(25)
    expect(await out.frames?.pixels()).toEqual(await images.pixels())
    expect(await out.audio?.waveform.data()).toEqual(await sound.waveform.data())

    const path = join(folder, 'made.mp4')
    await context.exportData('out', path)
    expect(await (await Video.open(path)).container()).toBe('mp4')
    await expect(context.exportData('out', join(folder, 'made.webm'))).rejects.toMatchObject({ code: 'VALUE_TYPE' })

    const parts = {
      in: port('in'),
      parts: node('GetVideoComponents', { video: ['in', 0] }),
      frames: port('frames', ['parts', 0]),
      rate: port('rate', ['parts', 2]),
    }
    const kinds = { frames: 'IMAGE', rate: 'FLOAT' } as const
    const again = await discomfort.run(parts, { inputs: { in: out }, outputs: kinds })
    expect(await again.frames.pixels()).toEqual(await images.pixels())
    await context.importData('file', path)
    const opened = await discomfort.run(parts, { inputs: { in: await context.load('file', 'VIDEO') }, outputs: kinds })
    expect(opened.frames.tensor.shape).toEqual([4, 32, 48, 3])
    expect(opened.rate).toBe(25)
  })

  it('VIDEO: a file that a node loads keeps its bytes, and the part that is meant', async () => {
    const whole = await outputOf('VIDEO', through('CreateVideo', 'images', { fps: 10 }), {
      in: Image.from(floats(10, 16, 16, 3)),
    })
    const bytes = await whole.bytes()
    const sliced = through('Video Slice', 'video', { start_time: 0.2, duration: 0.4, strict_duration: false })
    const part = await outputOf('VIDEO', sliced, { in: Video.from(bytes) })
    expect(part.window).toEqual({ start: 0.2, duration: 0.4 })
    expect(Buffer.from(await part.bytes()).equals(Buffer.from(bytes))).toBe(true)
    const frames = { ...through('GetVideoComponents', 'video') }
    expect((await outputOf('IMAGE', frames, { in: part })).batch).toBe(4)
  })

  it('SIGMAS: of a scheduler, and back into a node', async () => {
    const made = { made: node('ManualSigmas', { sigmas: '3.5, 1.25, 0' }), out: port('out', ['made', 0]) }
    const sigmas = await outputOf('SIGMAS', made)
    expect(await sigmas.data()).toEqual(new Float32Array([3.5, 1.25, 0]))
    const turned = await outputOf('SIGMAS', through('SplitSigmas', 'sigmas', { step: 1 }), { in: sigmas })
    expect(await turned.data()).toEqual(new Float32Array([3.5, 1.25]))
  })

  it('LATENT: of audio, of a video, and of both together', async () => {
    const audio = { made: node('EmptyLatentAudio', { seconds: 2, batch_size: 1 }), out: port('out', ['made', 0]) }
    expect((await outputOf('LATENT', audio)).entries['type']).toBe('audio')
    const prompt = {
      in: port('in'),
      video: node('EmptyLTXVLatentVideo', { width: 64, height: 64, length: 9, batch_size: 1 }),
      both: node('LTXVConcatAVLatent', { video_latent: ['video', 0], audio_latent: ['in', 0] }),
      out: port('out', ['both', 0]),
    }
    const sound = Latent.from({ samples: floats(1, 8, 6, 16), noise_mask: floats(1, 1, 6, 16) })
    const both = await outputOf('LATENT', prompt, { in: sound })
    expect(both.streams.map(({ shape }) => shape)).toEqual([
      [1, 128, 2, 2, 2],
      [1, 8, 6, 16],
    ])
    const apart = {
      in: port('in'),
      apart: node('LTXVSeparateAVLatent', { av_latent: ['in', 0] }),
      video: port('video', ['apart', 0]),
      audio: port('audio', ['apart', 1]),
    }
    const kinds = { video: 'LATENT', audio: 'LATENT' } as const
    const { audio: back } = await discomfort.run(apart, { inputs: { in: both }, outputs: kinds })
    expect(await back.samples.data()).toEqual(await sound.samples.data())
    expect(await back.noiseMask?.data()).toEqual(await sound.noiseMask?.data())
  })

  it('CLIP_VISION_OUTPUT: into the conditioning that a node makes of it, and out with it', async () => {
    const image = Image.from(floats(1, 2, 2, 3))
    const seen = await outputOf('CLIP_VISION_OUTPUT', through('TestSeen', 'image'), { in: image })
    expect(seen.fields['image_sizes']).toEqual([tuple([2, 2, 3])])
    const prompt = {
      ...encoded(),
      in: port('in'),
      seen: node('unCLIPConditioning', {
        conditioning: ['text', 0],
        clip_vision_output: ['in', 0],
        strength: 1,
        noise_augmentation: 0.5,
      }),
      out: port('out', ['seen', 0]),
    }
    const conditioning = await outputOf('CONDITIONING', prompt, { in: seen }, 'val')
    const [entry] = conditioning[0]![1]['unclip_conditioning'] as Record<string, unknown>[]
    expect(entry).toMatchObject({ strength: 1, noise_augmentation: 0.5 })
    expect(await contentOf(entry!['clip_vision_output'])).toEqual({ ...((await contentOf(seen)) as object), type: '*' })
  })

  it('CONDITIONING: samples the same picture by value as without leaving the server', async () => {
    const conditioning = await outputOf('CONDITIONING', { ...encoded(), out: port('out', ['text', 0]) }, {}, 'val')
    expect(conditioning[0]![0].shape).toHaveLength(3)
    const sampled = (positive: [string, number]): Prompt => ({
      ...encoded(),
      empty: node('EmptyLatentImage', { width: 64, height: 64, batch_size: 1 }),
      sampled: node('KSampler', {
        model: ['model', 0],
        positive,
        negative: ['text', 0],
        latent_image: ['empty', 0],
        seed: 7,
        steps: 2,
        cfg: 4.5,
        sampler_name: 'euler',
        scheduler: 'normal',
        denoise: 1,
      }),
      out: port('out', ['sampled', 0]),
    })
    const direct = await outputOf('LATENT', sampled(['text', 0]))
    const byValue = await outputOf('LATENT', { ...sampled(['in', 0]), in: port('in') }, { in: conditioning })
    expect(await byValue.samples.data()).toEqual(await direct.samples.data())
  })

  it('CONDITIONING: what lives in the server is refused, with its place and the ways out', async () => {
    const prompt = {
      ...encoded(),
      hooks: node('CreateHookLora', { lora_name: 'tiny_sd3_lora.safetensors', strength_model: 1, strength_clip: 1 }),
      hooked: node('ConditioningSetProperties', {
        cond_NEW: ['text', 0],
        strength: 1,
        set_cond_area: 'default',
        hooks: ['hooks', 0],
      }),
      out: port('out', ['hooked', 0]),
    }
    await expect(outputOf('CONDITIONING', prompt, {}, 'val')).rejects.toMatchObject({
      code: 'PORT_TYPE_UNSUPPORTED',
      message: expect.stringMatching(/HookGroup is no data \(at \[0\]\[1\]\['hooks'\].*passBy: 'ref'/s),
    })
  })

  it('VOXEL and MESH: a cube becomes a mesh, which goes into another node', async () => {
    const cube = new Float32Array(6 ** 3)
    for (const x of [2, 3]) for (const y of [2, 3]) for (const z of [2, 3]) cube[(x * 6 + y) * 6 + z] = 1
    const voxel = ComfyObject.from('VOXEL', { data: Tensor.from(cube, [1, 6, 6, 6]) }, 'VOXEL')
    const made = through('VoxelToMesh', 'voxel', { algorithm: 'basic', threshold: 0.5 })
    const mesh = await outputOf('MESH', made, { in: voxel })
    expect((mesh.fields['vertices'] as Tensor).shape[2]).toBe(3)
    const saved = { in: port('in'), save: node('SaveGLB', { mesh: ['in', 0], filename_prefix: 'types/cube' }) }
    const run = discomfort.run(saved, { inputs: { in: mesh } })
    await run
    expect(Buffer.from(await run.files[0]!.read()).toString('latin1', 0, 4)).toBe('glTF')
  })

  it('SPLAT and 3D files: written by a node, exported, imported, read by a node', async () => {
    const names = { positions: 3, scales: 3, rotations: 4, opacities: 1 }
    const fields = Object.fromEntries(Object.entries(names).map(([name, size]) => [name, floats(1, 5, size)]))
    const splat = ComfyObject.from('SPLAT', { ...fields, sh: floats(1, 5, 1, 3), counts: null }, 'SPLAT')
    await using context = discomfort.context()
    await discomfort.run(through('SplatToFile3D', 'splat', { format: 'ply' }), { context, inputs: { in: splat } })
    const path = join(folder, 'splat.ply')
    await context.exportData('out', path)
    expect((await readFile(path)).subarray(0, 4).toString()).toBe('ply\n')
    await expect(context.exportData('out', join(folder, 'splat.glb'))).rejects.toMatchObject({ code: 'VALUE_TYPE' })
    await context.importData('file', path)
    const read = await outputOf('SPLAT', through('File3DToSplat', 'model_3d'), {
      in: await context.load('file', 'FILE_3D'),
    })
    expect(await (read.fields['positions'] as Tensor).data()).toEqual(await floats(1, 5, 3).data())
  })

  it('CURVE and HISTOGRAM: out of one node and into another', async () => {
    const made = {
      curve: node('CurveEditor', {
        curve: {
          points: [
            [0, 0],
            [0.5, 0.75],
            [1, 1],
          ],
          interpolation: 'linear',
        },
      }),
      out: port('out', ['curve', 0]),
    }
    const { out } = await discomfort.run(made)
    expect(out).toMatchObject({ name: 'LinearCurve', type: 'CURVE' })
    const histogram = { ...through('ImageHistogram', 'image') }
    const counts = await discomfort.run(histogram, { inputs: { in: Image.from(floats(1, 2, 2, 3)) } })
    expect((counts['out'] as number[]).length).toBe(256)
    const both = {
      in: port('in'),
      counts: port('counts'),
      curve: node('CurveEditor', { curve: ['in', 0], histogram: ['counts', 0] }),
      out: port('out', ['curve', 0]),
    }
    const again = await discomfort.run(both, { inputs: { in: out, counts: counts['out'] } })
    expect(await contentOf(again['out'])).toEqual(await contentOf(out))
  })
})

/** A text, encoded by the tiny model. */
function encoded(): Prompt {
  return {
    model: node('CheckpointLoaderSimple', { ckpt_name: 'tiny_sd3.ckpt' }),
    text: node('CLIPTextEncode', { clip: ['model', 1], text: 'a pear' }),
  }
}
