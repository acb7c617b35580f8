import { Trans, useLingui } from '@lingui/react/macro';
import { Text } from '@mantine/core';
import { Time } from '~/ui/format';
import { StatusPill, type Tone } from '~/ui/StatusPill';
import type { Profile } from './queries';

/** Consent in words. */
export function useConsentWords(): Record<string, { label: string; tone: Tone }> {
  const { t } = useLingui();
  return {
    opted_in: { label: t`Opted in`, tone: 'good' },
    opted_out: { label: t`Opted out`, tone: 'bad' },
    not_recorded: { label: t`Not recorded`, tone: 'unsure' },
  };
}

/** The consent that counts: an opt-out of the number stands above what the profile says. */
export function ConsentPill({ person }: { person: Profile }) {
  const words = useConsentWords();
  if (person.number_opted_out && person.consent !== 'opted_out') {
    return (
      <StatusPill tone="bad">
        <Trans>Number opted out</Trans>
      </StatusPill>
    );
  }
  const word = words[person.consent];
  return word ? <StatusPill tone={word.tone}>{word.label}</StatusPill> : null;
}

/** Where the consent comes from, and since when. */
export function ConsentSource({ person }: { person: Profile }) {
  if (!person.consent_at && !person.consent_source) return null;
  return (
    <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      {person.consent_source && <bdi>{person.consent_source}</bdi>}
      {person.consent_source && person.consent_at && ' · '}
      {person.consent_at && <Time at={person.consent_at} />}
    </Text>
  );
}
