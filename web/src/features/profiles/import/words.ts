import { useLingui } from '@lingui/react/macro';
import type { Tone } from '~/ui/StatusPill';
import type { MappingProblem, OptIn, Type, Use } from './mapping';
import type { Job } from './queries';

/** Where an import stands, in words. */
export function useImportStates(): (job: Job) => { label: string; tone: Tone } {
  const { t } = useLingui();
  const states: Record<string, { label: string; tone: Tone }> = {
    running: { label: t`Running`, tone: 'busy' },
    finished: { label: t`Finished`, tone: 'good' },
    failed: { label: t`Failed`, tone: 'bad' },
    interrupted: { label: t`Interrupted`, tone: 'warn' },
    cancelled: { label: t`Cancelled`, tone: 'paused' },
    draft: { label: t`Not started`, tone: 'waiting' },
    paused: { label: t`Paused`, tone: 'paused' },
  };
  return ({ state, undo }) => {
    if (undo)
      return undo.finished ? { label: t`Undone`, tone: 'paused' } : { label: t`Being undone`, tone: 'busy' };
    return states[state] ?? { label: state, tone: 'paused' };
  };
}

export function useUseWords(): Record<Use, string> {
  const { t } = useLingui();
  return {
    phone: t`Phone number`,
    identity: t`Identity`,
    name: t`Name`,
    opt_in: t`Consent: yes or no`,
    attribute: t`Attribute`,
    ignore: t`Leave out`,
  };
}

/** Types by example: whoever looks at the file sees which one it has. */
export function useTypeWords(): Record<Type, string> {
  const { t } = useLingui();
  return {
    text: t`Text`,
    number: t`Number: 1,234.5`,
    number_comma: t`Number: 1.234,5`,
    boolean: t`Yes or no`,
    date_ymd: t`Date: 2026-12-31`,
    date_dmy: t`Date: 31/12/2026`,
    date_mdy: t`Date: 12/31/2026`,
  };
}

/** Types of attributes. */
export function useKindWords(): Record<string, string> {
  const { t } = useLingui();
  return { text: t`text`, number: t`number`, boolean: t`yes or no`, date: t`date` };
}

export function useMappingProblems(): Record<MappingProblem, string> {
  const { t } = useLingui();
  return {
    no_person: t`Choose the column of the phone number, or the one of your own identity.`,
    no_attribute_name: t`Give the attribute a name.`,
    no_type: t`Its values can be read in more than one way. Choose what they are.`,
    colon: t`The name of an attribute has no colon.`,
    twice: t`Another column becomes this attribute already.`,
    no_source: t`Say where the consent comes from.`,
    no_consent_column: t`Choose the column that says yes or no, or another way below.`,
  };
}

export function useOptInWords(): Record<OptIn, { label: string; about: string }> {
  const { t } = useLingui();
  return {
    column: {
      label: t`A column says who agreed`,
      about: t`Yes records an opt-in, no an opt-out. Where it is empty nothing is recorded.`,
    },
    record: {
      label: t`Everybody in the file agreed, and I have proof`,
      about: t`An opt-in is recorded for all, except where a consent column says no.`,
    },
    leave: {
      label: t`Do not record any opt-in`,
      about: t`Campaigns will not reach new people of this file. A no in a consent column still opts out.`,
    },
  };
}
