import { describe, expect, it } from 'vitest'
import { packHint, startHint } from '../../../src/server/launch/start-hint.ts'

describe('what to do about a start that failed', () => {
  it.each([
    ["ModuleNotFoundError: No module named 'torchsde'", '"torchsde" is missing'],
    ["OSError: [Errno 98] error while attempting to bind on address ('127.0.0.1', 8188)", 'the port is taken'],
    ['Port 8188 is already in use on address 127.0.0.1.', 'the port is taken'],
    ['OSError: [Errno 28] No space left on device', 'the disk is full'],
    ['RuntimeError: Found no NVIDIA driver on your system.', '--cpu'],
    ['AssertionError: Torch not compiled with CUDA enabled', '--cpu'],
    ['main.py: error: unrecognized arguments: --fast-and-loose', 'does not know the arguments --fast-and-loose'],
    ['ASSETS_STARTUP_FAILED: in_use', 'another ComfyUI holds its asset database'],
    ["python: can't open file '/x/main.py': [Errno 2]", '/x/main.py does not exist'],
    ['RuntimeError: DefaultCPUAllocator: not enough memory: you tried to allocate 4 bytes.', 'memory ran out'],
    ["TypeError: unsupported operand type(s) for |: 'type' and 'NoneType'", 'this Python is too old'],
  ])('is known for "%s"', (line, hint) => {
    expect(startHint(['Starting', line, 'the end'])).toContain(hint)
  })

  it('is nothing where the cause is not known', () => {
    expect(startHint(['Starting', 'Segmentation fault'])).toBeUndefined()
    expect(startHint([])).toBeUndefined()
  })

  const packs = '/x/ComfyUI/custom_nodes'
  const broken = (error: string) => [
    'Starting',
    'Traceback (most recent call last):',
    '  File "/x/ComfyUI/nodes.py", line 1, in load_custom_node',
    `  File "${packs}/shiny-nodes/__init__.py", line 3, in <module>`,
    '  File "/x/venv/lib/python3.12/site-packages/other.py", line 1, in <module>',
    error,
  ]

  it('names the custom node pack that breaks it', () => {
    expect(startHint(broken('SyntaxError: invalid syntax'))).toMatch(/"shiny-nodes" breaks the start: .*'none'/)
    expect(startHint(['Fatal Python error: Segmentation fault', `  File "${packs}/shiny.py", line 3 in f`])).toContain(
      '"shiny" breaks',
    )
    expect(startHint(broken("ModuleNotFoundError: No module named 'gone'"))).toMatch(/"shiny-nodes" needs .* "gone"/)
  })

  it('blames no pack for what ComfyUI went on after', () => {
    const caught = [
      ...broken("ModuleNotFoundError: No module named 'gone'"),
      `Cannot import ${packs}/shiny-nodes module for custom nodes: No module named 'gone'`,
    ]
    expect(startHint([...caught, 'Starting server'])).toBeUndefined()
    expect(startHint([...caught, 'Port 8188 is already in use on address 127.0.0.1.'])).toContain('the port is taken')
    expect(startHint([...broken('ValueError: no'), 'one', 'two', 'three', 'four'])).toBeUndefined()
  })
})

it('what to do about our own pack that did not load is why, or that others are in its way', () => {
  const line = 'Cannot import /x/comfy-nodes/discomfort module for custom nodes: no such thing'
  expect(packHint(['Starting', line, 'Starting server'])).toContain('no such thing')
  expect(packHint(['Starting'])).toContain("customNodes: 'none'")
})
