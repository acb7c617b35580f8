import { useLingui } from '@lingui/react/macro';
import { ApiProblem, type Schemas } from '~/api/client';
import { serverNow } from '~/api/clock';
import { useSaid } from '~/i18n/said';
import { useFormat } from '~/ui/format';
import { isAskable } from '../audience';
import type { Step } from '../routes';
import { ON_PURPOSE } from '../words';
import type { Editing } from './useEditing';
import { isHalfPlanned, isHalfQuiet, momentOf } from './when';
import { useAbout } from './words';

export interface Check {
  key: string;
  tone: 'good' | 'warn' | 'bad';
  text: string;
  /** What to do. */
  help?: string;
  /** Where it is mended. */
  step?: Step;
  /** Or on which page. */
  to?: string;
}

const STEP_OF: Record<string, Step> = {
  name: 'who',
  audience: 'who',
  template_id: 'what',
  mapping: 'what',
  number_id: 'what',
  number_ids: 'what',
  messages_per_second: 'when',
  starts: 'when',
  ends: 'when',
  quiet: 'when',
  exclude: 'who',
  control_percent: 'who',
  respect_frequency_cap: 'who',
};
const TONE = { green: 'good', amber: 'warn', red: 'bad' } as const;
/** What the server calls "when" of its numbers is mended where the numbers are chosen. */
const STEP_OF_KEY: Record<string, Step> = {
  template: 'what',
  values: 'what',
  numbers: 'what',
  time: 'when',
  who: 'who',
  frequency_cap: 'who',
  control_group: 'who',
  cut_off: 'when',
  quiet_hours: 'when',
};

/** What stands in the way of the launch, what one should know, and what is fine. */
export function useChecks(editing: Editing): Check[] {
  const { t } = useLingui();
  const format = useFormat();
  const about = useAbout();
  const said = useSaid();
  const ofServer = useServerWords();
  const { draft, account, numbers, reachable, reach, counting, seconds, finish, speed, daily, preflight } =
    editing;
  const asked = isAskable(draft.input.audience, draft.input.exclude);
  const checks: Check[] = [];
  const add = (key: string, tone: Check['tone'], text: string, more: Partial<Check> = {}) =>
    checks.push({ key, tone, text, ...more });

  const { problem } = draft;
  const refused = problem instanceof ApiProblem ? problem.errors : [];
  for (const error of refused) {
    const field = error.pointer.split('/')[1] ?? '';
    // An audience that is not finished is said once, below.
    if ((field === 'audience' || field === 'exclude') && !asked) continue;
    add(`refused${error.pointer}`, 'bad', error.detail, { step: STEP_OF[field] });
  }
  if (draft.held.includes('/name')) add('name', 'bad', t`The campaign has no name.`, { step: 'who' });
  const open = draft.held.filter((pointer) => pointer.startsWith('/mapping')).length;
  if (open > 0)
    add('held', 'bad', t`Not every placeholder is filled. The draft is saved when they are.`, {
      step: 'what',
    });
  if (problem !== undefined && refused.length === 0)
    add('unsaved', 'bad', t`The last change is not saved, so it cannot be launched yet.`);

  if (!asked) {
    add('audience', 'bad', t`The audience is not finished.`, { step: 'who' });
  } else if (reach.isError) {
    add('audience', 'warn', t`How many people get it could not be counted.`, { step: 'who' });
  } else if (reachable !== undefined && reach.data?.exact) {
    const left = reach.data.audience - reachable;
    const missing = reach.data.excluded.missing_value ?? 0;
    if (reachable === 0 && !counting)
      add('audience', 'bad', t`Nobody would get it: everybody of the audience is left out.`, {
        step: missing > 0 ? 'what' : 'who',
      });
    else add('audience', 'good', t`${format.number(reachable)} people will get it.`, { step: 'who' });
    const { excluded } = reach.data;
    const wanted = reach.data.audience - ON_PURPOSE.reduce((sum, reason) => sum + (excluded[reason] ?? 0), 0);
    if (reachable > 0 && (wanted - reachable) * 2 > wanted) {
      const share = format.share(left, reach.data.audience);
      add('many', 'warn', t`${share} of the audience is left out. The reasons stand beside.`, {
        step: 'who',
      });
    }
    if (missing > 0) {
      const people = format.number(missing);
      add('missing', 'warn', t`${people} people lack a value for a placeholder.`, {
        help: t`Give the placeholder a default, and they get it too.`,
        step: 'what',
      });
    }
  }

  const { starts } = draft.input;
  const at = momentOf(starts);
  const past = at !== undefined && at <= serverNow();
  for (const check of preflight.data?.checks ?? []) {
    // What is not saved is told above; the server speaks of what was saved before.
    const values = open > 0 || refused.some((error) => error.pointer.startsWith('/mapping'));
    if (values && check.key === 'values') continue;
    // The time is told below, as it stands here; the server knows better whether it has passed.
    if (check.key === 'time' && (past || !at || check.level !== 'red')) continue;
    const tone = TONE[check.level];
    add(check.key, tone, ofServer(check), {
      help: tone === 'good' ? undefined : said(check.help),
      step: STEP_OF_KEY[check.key],
      to: check.fix === 'account' && account ? `/settings/whatsapp/${account.id}` : undefined,
    });
  }
  if (preflight.isError) add('preflight', 'warn', t`What a launch looks at could not be looked at now.`);

  if (isHalfPlanned(draft.input.ends))
    add('ends', 'bad', t`Give the cut-off a date and a time.`, { step: 'when' });
  if (isHalfQuiet(draft.input.quiet))
    add('quiet', 'bad', t`Give the quiet hours their times.`, { step: 'when' });
  if (isHalfPlanned(starts)) add('when', 'bad', t`Give a date and a time.`, { step: 'when' });
  else if (past) add('when', 'bad', t`The time to start has passed.`, { step: 'when' });
  else if (at !== undefined) add('when', 'good', t`It starts at ${format.full(at)}.`, { step: 'when' });
  if (daily && reachable) {
    const left = format.number(daily.left);
    const limit = format.number(daily.limit);
    add(
      'daily_limit',
      daily.short ? 'warn' : 'good',
      t`Left of WhatsApp's daily limit of its numbers: ${left} of ${limit} people.`,
      {
        step: 'when',
        help: daily.short
          ? t`Sending does not stop there: what goes beyond it WhatsApp may refuse, and those messages fail.`
          : undefined,
      },
    );
  }
  if (numbers.length > 0 && seconds !== undefined && reachable) {
    const pace = format.number(speed.perSecond);
    const tone = seconds > 12 * 3600 ? 'warn' : 'good';
    if (finish)
      add('speed', tone, t`${pace} a second: with its hours it is done about ${format.full(finish.at)}.`, {
        step: 'when',
      });
    else add('speed', tone, t`${pace} a second: it takes ${about(seconds)}.`, { step: 'when' });
    if (finish && finish.left > 0) {
      const left = format.number(finish.left);
      add('cut', 'warn', t`${left} people have no turn before the cut-off: they will be skipped.`, {
        help: t`Choose a later cut-off, an earlier start or more numbers.`,
        step: 'when',
      });
    }
  }
  return checks;
}

/** What the server found, in our words where it is as it should be, in its own where it knows more. */
function useServerWords(): (check: Schemas['PreflightCheck']) => string {
  const { t } = useLingui();
  const said = useSaid();
  return (check) => {
    if (check.level !== 'green') return said(check.detail);
    const fine: Record<string, string> = {
      template: t`The template is approved.`,
      values: t`Every placeholder is filled.`,
      numbers: t`Its numbers are in use.`,
      account: t`The account can send.`,
      reports: t`The provider tells what became of messages.`,
    };
    return fine[check.key] ?? said(check.detail);
  };
}

const WEIGHT = { good: 0, warn: 1, bad: 2 };

/** The worst of the checks of a step. */
export const worst = (checks: readonly Check[], step: Step): Check['tone'] =>
  checks
    .filter((check) => check.step === step)
    .reduce<Check['tone']>((tone, check) => (WEIGHT[check.tone] > WEIGHT[tone] ? check.tone : tone), 'good');
