import { Code } from '@mantine/core';

/** A text of the description in which names stand between backticks. */
export function Ticks({ text }: { text: string }) {
  return text.split('`').map((part, n) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text do not move
    n % 2 === 1 ? <Code key={n}>{part}</Code> : part,
  );
}
