import type { Prompt } from '../../../src/prompt/prompt.ts'

/**
 * Where a conversion may differ from the frontend, on purpose. This is the whole list; docs/parity.md and the guide
 * tell it in words.
 */
export const exceptions = {
  /**
   * The page draws these pictures while it converts and sends the names under which it uploaded them. The state of a 3D
   * view differs in the last digits, and in its aspect, from one opening of a page to the next.
   */
  isDrawnByPage: (classType: string, input: string): boolean =>
    (classType === 'Load3D' && input === 'image') || input === 'viewport_state',

  /** The page sends the text of an upload button where it has just taken a group node apart. Servers take no notice. */
  isUploadButton: (input: string, ours: unknown): boolean => input === 'upload' && ours === undefined,

  /** The page reads integers beyond 2^53 as the nearest number that it has. */
  sameNumber: (ours: number | bigint, pages: number): boolean => Number(ours) === pages,

  /**
   * The page refuses to convert a workflow with a link that comes from nowhere or, through bypassed nodes and subgraphs,
   * from itself; for us it is no link.
   */
  isDanglingLink: (error: string): boolean =>
    /No link found|No inner node DTO|No output node found|InvalidLinkError|SlotIndexError|RecursionError/.test(error),

  /**
   * The page sends nodes of unknown type without a class. Those that hang on nothing we leave out, with a warning; for
   * classes that ComfyUI has given up we send the successor.
   */
  isUnknownNode: (prompt: Prompt, id: string): boolean => !prompt[id]?.class_type,

  /** The page picks one of several choices in a prompt by chance. Chance picks the first one in these comparisons. */
  choices: { dynamicPrompts: 'resolve', random: () => 0 },
} as const
