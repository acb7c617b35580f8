declare module 'virtual:emoji/*' {
  /** Emoji, index of the group, label, words to search by with `|` between them. */
  const data: { emojis: [string, number, string, string][]; groups: [number, string][] };
  export default data;
}
