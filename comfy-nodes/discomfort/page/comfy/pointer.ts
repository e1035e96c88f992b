let last: PointerEvent | undefined

/** Remembers where the pointer was pressed: a menu that a button opens stands there. */
export function watchPointer(): void {
  window.addEventListener('pointerdown', (event) => (last = event), true)
}

export function lastPointer(): PointerEvent | undefined {
  return last
}
