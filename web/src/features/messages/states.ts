import { useLingui } from '@lingui/react/macro';
import type { Tone } from '~/ui/StatusPill';

/** Where a message of ours can stand. */
export const STATES = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'failed',
  'unknown',
  'skipped',
  'cancelled',
] as const;
export type MessageState = (typeof STATES)[number];

export interface StateWords {
  label: string;
  /** What it means. */
  about: string;
  tone: Tone;
}

/** States of messages in words; `received` is a message from a person. */
export function useMessageStates(): Record<string, StateWords> {
  const { t } = useLingui();
  return {
    queued: { label: t`Waiting`, about: t`It waits for its turn, or for another try.`, tone: 'waiting' },
    sending: { label: t`Sending`, about: t`Its request is on its way to the provider.`, tone: 'busy' },
    sent: {
      label: t`Accepted`,
      about: t`The provider took it. It did not report yet whether it arrived.`,
      tone: 'busy',
    },
    delivered: { label: t`Delivered`, about: t`It is on the phone.`, tone: 'good' },
    read: { label: t`Read`, about: t`The person opened it.`, tone: 'good' },
    failed: { label: t`Failed`, about: t`It will not arrive.`, tone: 'bad' },
    unknown: {
      label: t`Unknown`,
      about: t`The provider never answered, so nobody can say yet whether it took the message. It is not sent again by itself, so that nobody gets it twice.`,
      tone: 'unsure',
    },
    skipped: {
      label: t`Left out`,
      about: t`Left out at the last moment, mostly because the person opted out meanwhile.`,
      tone: 'paused',
    },
    cancelled: { label: t`Cancelled`, about: t`Its campaign was stopped before it left.`, tone: 'paused' },
    received: { label: t`Received`, about: t`The person wrote it.`, tone: 'good' },
  };
}
