import type { InputPort, PortTarget, PromptPorts } from './port.ts'

/**
 * The INPUT ports that something takes from, each with only the targets that do. What lies behind a PASSTHRU port that
 * was given a value takes that one.
 */
export function neededInputs(
  { inputs, passthrus }: PromptPorts,
  isReplaced: (uniqueId: string) => boolean,
): readonly InputPort[] {
  const replaced = passthrus.filter(({ uniqueId }) => isReplaced(uniqueId))
  if (replaced.length === 0) return inputs
  const supplied = new Set(replaced.flatMap(({ targets }) => targets.map(placeOf)))
  return inputs.flatMap((port) => {
    const targets = port.targets.filter((target) => !supplied.has(placeOf(target)))
    return targets.length > 0 ? [{ ...port, targets }] : []
  })
}

function placeOf({ node, input }: PortTarget): string {
  return `${node} ${input}`
}
