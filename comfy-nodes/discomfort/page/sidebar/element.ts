type Child = Node | string | undefined | false

interface Attributes {
  readonly class?: string
  readonly title?: string
  readonly onclick?: () => void
}

/** An element with its children. Texts are texts, whatever stands in them. */
export function element(
  tag: string,
  { onclick, ...attributes }: Attributes,
  ...children: readonly Child[]
): HTMLElement {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(name, value)
  if (onclick) made.addEventListener('click', onclick)
  made.append(...children.filter((child) => child !== undefined && child !== false))
  return made
}
