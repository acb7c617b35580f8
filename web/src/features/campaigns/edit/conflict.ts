import type { CampaignInput } from '../queries';

/** Parts of a draft that belong together: what fills a template fits no other. */
const PARTS = {
  name: ['name'],
  audience: ['audience', 'exclude'],
  heldBack: ['control_percent', 'respect_frequency_cap'],
  message: ['template_id', 'mapping'],
  numbers: ['number_ids'],
  starts: ['starts'],
  ends: ['ends'],
  quiet: ['quiet'],
  pace: ['messages_per_second'],
} as const satisfies Record<string, readonly (keyof CampaignInput)[]>;
export type Part = keyof typeof PARTS;
export const ALL_PARTS = Object.keys(PARTS) as Part[];

/** A text that is the same for the same value, whatever the order of its keys. */
const textOf = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([, one]) => one !== null && one !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  );

const isSame = (part: Part, a: CampaignInput, b: CampaignInput): boolean =>
  PARTS[part].every((key) => textOf(a[key]) === textOf(b[key]));

/** Whether what is saved is what was sent from here: the server fills in what was left out. */
export const isFrom = (sent: CampaignInput, saved: CampaignInput): boolean =>
  ALL_PARTS.every((part) => {
    if (part === 'name') return sent.name.trim() === saved.name;
    if (part === 'numbers' && !sent.number_ids?.length) return true;
    if (part === 'message' && !sent.mapping) return sent.template_id === saved.template_id;
    return isSame(part, sent, saved);
  });

export interface Versions {
  /** What was sent from here last, or read first. */
  sent: CampaignInput;
  /** What the server made of it. */
  base: CampaignInput;
  /** What is written here. */
  mine: CampaignInput;
  /** What somebody else saved since. */
  theirs: CampaignInput;
}

/** The parts in which the two differ, with who changed them. */
export const apart = ({ sent, base, mine, theirs }: Versions): { part: Part; by: 'me' | 'them' | 'both' }[] =>
  ALL_PARTS.filter((part) => !isSame(part, mine, theirs)).flatMap((part) => {
    const me = !isSame(part, sent, mine);
    const them = !isSame(part, base, theirs);
    return me || them ? [{ part, by: me && them ? 'both' : me ? 'me' : 'them' } as const] : [];
  });

/** Whether they changed anything that is kept in a draft. */
export const isChanged = ({ base, theirs }: Pick<Versions, 'base' | 'theirs'>): boolean =>
  ALL_PARTS.some((part) => !isSame(part, base, theirs));

/** Theirs with what was changed here: who keeps the own ones does not undo what only they changed. */
export function merged({ sent, mine, theirs }: Versions): CampaignInput {
  const own = ALL_PARTS.filter((part) => !isSame(part, sent, mine)).flatMap((part) => [...PARTS[part]]);
  return { ...theirs, ...Object.fromEntries(own.map((key) => [key, mine[key]])) };
}
