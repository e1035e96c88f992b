/** An input socket with the link that ends at it. */
export interface LinkedInput {
  readonly name: string
  readonly type: string
  readonly widget: string | undefined
  readonly link: number | null
}
