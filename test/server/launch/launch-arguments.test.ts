import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Installation } from '../../../src/server/install/installation.ts'
import { extraModelPaths, launchArguments, type LaunchSettings } from '../../../src/server/launch/launch-arguments.ts'

const packParent = fileURLToPath(new URL('../../../comfy-nodes', import.meta.url))
const installation: Installation = { kind: 'user', folder: '/comfy', python: '/python' }

function launch(settings: Partial<LaunchSettings> = {}, where = installation): string[] {
  return launchArguments(where, { port: 8188, ownFolder: '/own', customNodes: 'all', args: [], ...settings })
}

/** What follows a flag. */
function after(args: string[], flag: string): string | undefined {
  return args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined
}

describe('the command line of a managed server', () => {
  it('runs main.py through the launcher of the pack, on loopback, with folders of its own', () => {
    const args = launch()
    expect(args.slice(0, 2)).toEqual([join(packParent, 'discomfort', 'launch.py'), join('/comfy', 'main.py')])
    expect(existsSync(args[0] as string)).toBe(true)
    expect(after(args, '--listen')).toBe('127.0.0.1')
    expect(after(args, '--port')).toBe('8188')
    expect(after(args, '--user-directory')).toBe(join('/own', 'user'))
    expect(after(args, '--temp-directory')).toBe('/own')
    expect(after(args, '--database-url')).toBe(`sqlite:///${join('/own', 'comfyui.db')}`)
    expect(after(args, '--extra-model-paths-config')).toBe(join('/own', 'discomfort.yaml'))
    expect(after(args, '--base-directory')).toBeUndefined()
  })

  it('names the folder of models where that is another, and that of saved files where it is asked for', () => {
    const args = launch({ output: '/pictures' }, { ...installation, base: '/base' })
    expect(after(args, '--base-directory')).toBe('/base')
    expect(after(args, '--output-directory')).toBe('/pictures')
  })

  it('loads all custom nodes, none, or those that are named, and always the pack', () => {
    expect(launch()).not.toContain('--disable-all-custom-nodes')
    const some = launch({ customNodes: ['a', 'b'] })
    expect(some.slice(some.indexOf('--disable-all-custom-nodes'), some.indexOf('b') + 1)).toEqual([
      '--disable-all-custom-nodes',
      '--whitelist-custom-nodes',
      'discomfort',
      'a',
      'b',
    ])
    const none = launch({ customNodes: 'none' })
    expect(after(none, '--whitelist-custom-nodes')).toBe('discomfort')
  })

  it('ends with the arguments of the user, and says --cpu once', () => {
    expect(launch({ args: ['--lowvram', '--verbose'] }).slice(-2)).toEqual(['--lowvram', '--verbose'])
    expect(launch({ args: ['--cpu'] }).filter((arg) => arg === '--cpu')).toEqual(['--cpu'])
    expect(launch({ args: ['--cuda-device', '1'] })).not.toContain('--cpu')
  })

  it('points ComfyUI at the pack without writing into it', () => {
    expect(extraModelPaths()).toBe(`discomfort:\n  custom_nodes: ${JSON.stringify(packParent)}\n`)
  })
})
