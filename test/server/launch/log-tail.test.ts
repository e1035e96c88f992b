import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { logTail, startHint } from '../../../src/server/launch/log-tail.ts'
import { temporaryFolder } from '../../support/folders.ts'

describe('the end of a log', () => {
  it('is its last lines in plain text, without empty ones', async () => {
    await using folder = await temporaryFolder('log')
    const file = join(folder.path, 'log')
    await writeFile(file, 'one\n\n\u001B[31mtwo\u001B[0m\r\n  three\nfour')
    expect(await logTail(file)).toEqual(['one', 'two', '  three', 'four'])
    expect(await logTail(file, 2)).toEqual(['  three', 'four'])
  })

  it('of a long log is read from its end', async () => {
    await using folder = await temporaryFolder('log')
    const file = join(folder.path, 'log')
    await writeFile(file, `${'x'.repeat(99)}\n`.repeat(5000) + 'the last\n')
    expect((await logTail(file)).slice(-2)).toEqual(['x'.repeat(99), 'the last'])
  })

  it('is empty where there is none', async () => {
    expect(await logTail('/no/such/log')).toEqual([])
  })
})

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
  ])('is known for "%s"', (line, hint) => {
    expect(startHint(['Starting', line, 'the end'])).toContain(hint)
  })

  it('is nothing where the cause is not known', () => {
    expect(startHint(['Starting', 'Segmentation fault'])).toBeUndefined()
    expect(startHint([])).toBeUndefined()
  })
})
