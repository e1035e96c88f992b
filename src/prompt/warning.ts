/** Something about a conversion that the prompt alone does not tell. */
export interface ConversionWarning {
  readonly node: string
  readonly title: string
  readonly message: string
}
