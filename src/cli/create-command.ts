import { Command } from 'commander'

/** A command as all of ours are: `--json`, errors thrown instead of printed, an example in its help. */
export function createCommand(
  name: string,
  texts: { readonly description: string; readonly examples: readonly string[]; readonly exitCodes: string },
): Command {
  return new Command(name)
    .description(texts.description)
    .helpOption('-h, --help', 'print this help')
    .option('--json', 'print one JSON document, errors too')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText(
      'after',
      `\nExamples:\n${texts.examples.map((line) => `  $ ${line}`).join('\n')}\n\nExit codes: ${texts.exitCodes}`,
    )
}

/** For options that can be given several times. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value]
}
