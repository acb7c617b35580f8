import { useLingui } from '@lingui/react/macro';
import { ApiProblem } from '~/api/client';
import { useFormat } from '~/ui/format';
import { isAskable } from '../audience';
import type { Step } from '../routes';
import type { Editing } from './useEditing';
import { momentOf } from './when';
import { useAbout } from './words';

export interface Check {
  key: string;
  tone: 'good' | 'warn' | 'bad';
  text: string;
  /** Where it is mended. */
  step?: Step;
  /** Or which page. */
  to?: string;
}

const STEP_OF: Record<string, Step> = {
  audience: 'who',
  template_id: 'what',
  mapping: 'what',
  number_id: 'what',
  number_ids: 'what',
  messages_per_second: 'when',
};

/** What stands in the way of the launch, what one should know, and what is fine. */
export function useChecks(editing: Editing): Check[] {
  const { t } = useLingui();
  const format = useFormat();
  const about = useAbout();
  const { draft, template, account, numbers, usable, when, reachable, reach, counting, seconds, speed } =
    editing;
  const checks: Check[] = [];
  const add = (key: string, tone: Check['tone'], text: string, where: Pick<Check, 'step' | 'to'> = {}) =>
    checks.push({ key, tone, text, ...where });

  const { problem } = draft;
  if (problem instanceof ApiProblem && problem.errors.length > 0) {
    for (const error of problem.errors) {
      const field = error.pointer.split('/')[1] ?? '';
      // Said once below.
      if (field === 'audience' && !isAskable(draft.input.audience)) continue;
      add(`refused${error.pointer}`, 'bad', error.detail, { step: STEP_OF[field] });
    }
  } else if (problem !== undefined) {
    add('unsaved', 'bad', t`The last change is not saved, so it cannot be launched yet.`);
  }

  if (!isAskable(draft.input.audience)) {
    add('audience', 'bad', t`The audience is not finished.`, { step: 'who' });
  } else if (reach.isError) {
    add('reach', 'warn', t`How many people get it could not be counted.`, { step: 'who' });
  } else if (reachable === 0 && !counting) {
    add('nobody', 'bad', t`Nobody would get it: everybody of the audience is left out.`, { step: 'who' });
  } else if (reachable !== undefined && reach.data) {
    const people = format.number(reachable);
    const left = reach.data.audience - reachable;
    add('reach', 'good', t`${people} people will get it.`, { step: 'who' });
    if (left > 0 && left >= reach.data.audience / 2) {
      const share = format.share(left, reach.data.audience);
      add('many', 'warn', t`${share} of the audience is left out. See the reasons beside.`, { step: 'who' });
    }
    const missing = reach.data.excluded.missing_value ?? 0;
    if (missing > 0) {
      const lacking = format.number(missing);
      add('missing', 'warn', t`${lacking} people lack a value for a placeholder.`, { step: 'what' });
    }
  }

  if (template) {
    const to = { step: 'what' as const };
    if (template.status === 'approved') add('template', 'good', t`The template is approved.`, to);
    else
      add(
        'template',
        'bad',
        t`The template "${template.name}" is not approved, so WhatsApp would refuse every message.`,
        to,
      );
    if (template.quality && /low|red/i.test(template.quality))
      add('quality', 'warn', t`WhatsApp rates the quality of this template as low: it may be paused.`, to);
  }
  if (account) {
    const to = { to: `/settings/whatsapp/${account.id}` };
    if (account.state === 'active' && usable.length > 0)
      add('account', 'good', t`The account "${account.nickname}" can send.`);
    else if (account.state !== 'active')
      add(
        'account',
        'bad',
        t`The account "${account.nickname}" sends nothing at the moment. ${account.held_reason ?? ''}`,
        to,
      );
    else add('number', 'bad', t`The account "${account.nickname}" has no number in use.`, to);
    if (account.state === 'active' && !account.last_report_at)
      add(
        'reports',
        'warn',
        t`No delivery report has ever come from this provider. You may not learn who got it.`,
        to,
      );
  }
  const at = momentOf(when);
  if (when.mode === 'at' && at === undefined)
    add('when', 'bad', t`Give a date and a time.`, { step: 'when' });
  else if (at !== undefined && at <= Date.now())
    add('when', 'bad', t`The time to start has passed.`, { step: 'when' });
  else if (at !== undefined) add('when', 'good', t`It starts at ${format.full(at)}.`, { step: 'when' });
  if (numbers.length > 0 && seconds !== undefined && reachable) {
    const pace = format.number(speed.perSecond);
    const tone = seconds > 12 * 3600 ? 'warn' : 'good';
    add('speed', tone, t`${pace} a second: it takes ${about(seconds)}.`, { step: 'when' });
  }
  return checks;
}

const WEIGHT = { good: 0, warn: 1, bad: 2 };

/** The worst of the checks of a step. */
export const worst = (checks: readonly Check[], step: Step): Check['tone'] =>
  checks
    .filter((check) => check.step === step)
    .reduce<Check['tone']>((tone, check) => (WEIGHT[check.tone] > WEIGHT[tone] ? check.tone : tone), 'good');
