import { describe, expect, it } from 'vitest'
import { portsScript } from '../../src/snippet/ports-script.ts'
import type { PortList } from '../../src/snippet/list-ports.ts'

const nothing: PortList = { inputs: [], outputs: [], passthrus: [], inputAddresses: [], outputAddresses: [] }
const place = { node: '1', title: 'A', tags: [] }

describe('the script of `discomfort ports`', () => {
  it('opens pictures, and leaves out what cannot be written down', () => {
    const script = portsScript(
      'a.json',
      {
        ...nothing,
        inputs: [
          { ...place, uniqueId: 'image', type: 'IMAGE' },
          { ...place, uniqueId: 'mask', type: 'MASK' },
          { ...place, uniqueId: 'latent', type: 'LATENT' },
          { ...place, uniqueId: 'voice', type: 'AUDIO' },
          { ...place, uniqueId: 'seed', type: 'INT', drawn: 2n ** 64n - 1n },
        ],
        outputs: [
          { ...place, uniqueId: 'quality', type: 'FLOAT' },
          { ...place, uniqueId: 'texts', type: 'STRING', isList: true },
          { ...place, uniqueId: 'clip', type: 'VIDEO' },
          { ...place, uniqueId: 'positive', type: 'CONDITIONING' },
        ],
      },
      undefined,
    )
    expect(script).toContain("import { Audio, Discomfort, Image } from 'discomfort'")
    expect(script).toContain("image: await Image.open('image.png'),")
    expect(script).toContain("mask: await Image.openMask('mask.png'),")
    expect(script).toContain('// latent: …, it takes a value of type LATENT')
    expect(script).toContain('seed: 18446744073709551615n,')
    expect(script).toContain("voice: await Audio.open('voice.wav'),")
    expect(script).toContain("outputs: { quality: 'FLOAT', clip: 'VIDEO' },")
    expect(script).toContain("await outputs.clip.toFile('clip.mp4')")
  })

  it('offers addresses where there are no ports, and shows the saved files', () => {
    const script = portsScript(
      "it's.json",
      {
        ...nothing,
        inputAddresses: [
          { address: 'KSampler.seed', type: 'INT', node: '3', drawn: 5 },
          { address: 'KSampler.model', type: 'MODEL', node: '3', from: 'Load Checkpoint' },
        ],
      },
      undefined,
    )
    expect(script).toContain("discomfort.run('it\\'s.json', {")
    expect(script).toContain("// 'KSampler.seed': 5,")
    expect(script).not.toContain('KSampler.model')
    expect(script).toContain('for (const file of run.files)')
  })

  it('keeps texts of workflows inside of their quotes', () => {
    const drawn = `a'b"c\\d\n\u2028e`
    const script = portsScript(
      'a.json',
      {
        ...nothing,
        inputs: [{ ...place, uniqueId: '__proto__', type: 'STRING', drawn }],
      },
      undefined,
    )
    const [, literal] = /'__proto__': (.*),/.exec(script) ?? []
    // oxlint-disable-next-line no-implied-eval, no-new-func -- the only way to see that it says what it should
    expect((new Function(`return ${literal}`) as () => string)()).toBe(drawn)
  })
})
