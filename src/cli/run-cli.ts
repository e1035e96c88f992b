import { readFile } from 'node:fs/promises'
import { Command, CommanderError } from 'commander'
import { interruption } from './interruption.ts'
import { reportError } from './report-error.ts'

interface Entry {
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** Every command. A file is loaded when its command is called, so that `--version` and `--help` are quick. */
const commands: Readonly<Record<string, Entry>> = {
  run: {
    summary: 'run workflows and get what comes out of their ports',
    load: async () => (await import('./run-command.ts')).runCommand(),
  },
  ports: {
    summary: 'list the ports and addresses of a workflow, and a script that runs it',
    load: async () => (await import('./ports-command.ts')).portsCommand(),
  },
  convert: {
    summary: 'convert a workflow into the prompt ("API format") that ComfyUI takes',
    load: async () => (await import('./convert-command.ts')).convertCommand(),
  },
  stitch: {
    summary: 'put workflows together into one that opens in ComfyUI',
    load: async () => (await import('./stitch-command.ts')).stitchCommand(),
  },
  validate: {
    summary: 'say what is wrong with workflows before they are sent',
    load: async () => (await import('./validate-command.ts')).validateCommand(),
  },
  up: {
    summary: 'start a ComfyUI that stays, for scripts and commands to use',
    load: async () => (await import('./up-command.ts')).upCommand(),
  },
  down: {
    summary: 'stop a ComfyUI that stays',
    load: async () => (await import('./down-command.ts')).downCommand(),
  },
  status: {
    summary: 'list the ComfyUIs that stay, and what they do',
    load: async () => (await import('./status-command.ts')).statusCommand(),
  },
  install: {
    summary: 'make the managed ComfyUI',
    load: async () => (await import('./install-command.ts')).installCommand(),
  },
  bridge: {
    summary: 'what nodes inside ComfyUI start (not for people)',
    load: async () => (await import('./bridge-command.ts')).bridgeCommand(),
  },
  nodes: {
    summary: 'put the node pack into a ComfyUI of your own, or take it out',
    load: async () => (await import('./nodes-command.ts')).nodesCommand(),
  },
  doctor: {
    summary: 'say what is found on this machine, what is missing and what to do',
    load: async () => (await import('./doctor-command.ts')).doctorCommand(),
  },
}

/** Runs one command line and gives its exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
export async function runCli(args: readonly string[]): Promise<number> {
  // A reader that has enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  const asJson = args.includes('--json')
  try {
    const program = await createProgram(args)
    await program.parseAsync(args, { from: 'user' })
    return typeof process.exitCode === 'number' ? process.exitCode : 0
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    // Without a command the help was printed already.
    if (error instanceof CommanderError && error.code === 'commander.help') return 2
    return reportError(error, { asJson, isInterrupted: interruption().aborted })
  }
}

async function createProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('discomfort')
    .description('Run ComfyUI workflows from the command line.')
    .version(await packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', '\nExample:\n  $ discomfort run portrait.json --input KSampler.seed=7 --output image=out.png')
  const words = args.filter((word) => !word.startsWith('-'))
  const called = words[0] === 'help' ? words[1] : words[0]
  for (const [name, { summary, load }] of Object.entries(commands))
    program.addCommand(name === called ? await load() : new Command(name).description(summary))
  return program
}

/** The same place from `src` and `dist`. */
async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
