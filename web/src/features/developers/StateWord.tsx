import { useLingui } from '@lingui/react/macro';
import { Tooltip } from '@mantine/core';
import { StatusPill, type Tone } from '~/ui/StatusPill';

interface Word {
  tone: Tone;
  word: string;
  about: string;
}

/** States of callbacks in words. */
export function useStateWords(): (state: string) => Word {
  const { t } = useLingui();
  const words: Record<string, Word> = {
    new: { tone: 'busy', word: t`New`, about: t`It was stored and will be applied in a moment.` },
    applied: { tone: 'good', word: t`Applied`, about: t`All that it says was taken over.` },
    not_ours: {
      tone: 'paused',
      word: t`Nothing for us`,
      about: t`It was read, and nothing in it is about messages of this server.`,
    },
    unreadable: {
      tone: 'bad',
      word: t`Unreadable`,
      about: t`It does not look as the provider's callbacks do. Nothing of it was applied.`,
    },
    waiting: {
      tone: 'waiting',
      word: t`Waiting for its message`,
      about: t`It reports on a message that is not known yet, and is looked at once more.`,
    },
  };
  return (state) => words[state] ?? { tone: 'unsure', word: state, about: '' };
}

export function StateWord({ state }: { state: string }) {
  const { tone, word, about } = useStateWords()(state);
  return (
    <Tooltip label={about} disabled={!about} multiline maw={280}>
      <span>
        <StatusPill tone={tone}>{word}</StatusPill>
      </span>
    </Tooltip>
  );
}
