import { useLingui } from '@lingui/react/macro';
import type { Tone } from '~/ui/StatusPill';

/** States of campaigns in words. */
export function useCampaignStates(): Record<string, { label: string; tone: Tone }> {
  const { t } = useLingui();
  return {
    draft: { label: t`Draft`, tone: 'waiting' },
    scheduled: { label: t`Scheduled`, tone: 'waiting' },
    running: { label: t`Running`, tone: 'busy' },
    paused: { label: t`Paused`, tone: 'paused' },
    finished: { label: t`Finished`, tone: 'good' },
    stopped: { label: t`Stopped`, tone: 'bad' },
  };
}

/** Why people are left out: as a line of the waterfall, and what one can do. */
export function useExclusions(): Record<string, { label: string; help: string }> {
  const { t } = useLingui();
  return {
    no_number: {
      label: t`have no phone number`,
      help: t`Add their numbers with an import.`,
    },
    invalid_number: {
      label: t`have a number that cannot be one`,
      help: t`Mend the numbers in your file and import it again.`,
    },
    not_opted_in: {
      label: t`never agreed to messages`,
      help: t`WhatsApp wants their consent first. Record it with its proof, by import or on their profile.`,
    },
    opted_out: {
      label: t`opted out`,
      help: t`They asked not to be written to. Only they can take that back.`,
    },
    duplicate_number: {
      label: t`share a number with somebody before them`,
      help: t`Each number gets the message once.`,
    },
    on_list: {
      label: t`are on a list that is left out`,
      help: t`As the campaign says, under Who.`,
    },
    meets_conditions: {
      label: t`meet the conditions to be left out`,
      help: t`As the campaign says, under Who.`,
    },
    got_campaign: {
      label: t`got a campaign that is left out`,
      help: t`The provider accepted their message of it.`,
    },
    over_cap: {
      label: t`got as much as the frequency cap allows`,
      help: t`They can be reached again when their last messages are older. What people wait for need not respect the cap.`,
    },
    control_group: {
      label: t`are the control group`,
      help: t`They would have got it. Compare what they do with what the others do.`,
    },
    missing_value: {
      label: t`lack a value for a placeholder`,
      help: t`Give the placeholder a default under What, or add the value to their profiles.`,
    },
  };
}

const LEFT_OUT = ['on_list', 'meets_conditions', 'got_campaign'] as const;

/** Reasons that somebody chose. */
export const ON_PURPOSE = [...LEFT_OUT, 'control_group'] as const;

/** The order in which exclusions are told. */
export const EXCLUSIONS = [
  ...LEFT_OUT,
  'no_number',
  'invalid_number',
  'not_opted_in',
  'opted_out',
  'duplicate_number',
  'over_cap',
  'missing_value',
  'control_group',
] as const;
