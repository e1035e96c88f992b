/** What a timer of Node can hold, in milliseconds; a longer one would fire at once. */
export const longestTimer = 2 ** 31 - 1
