import { useDebouncedValue } from '@mantine/hooks';
import { serverNow } from '~/api/clock';
import { isAskable } from '../audience';
import { ceiling, finishAt } from '../pace';
import { useAccounts, usePreflight, useReach, useSample, useTemplate } from '../queries';
import type { Draft } from './useDraft';
import { dailyOf, momentOf } from './when';

/** What the steps of a draft share: what it refers to, its reach, its speed. */
export function useEditing(draft: Draft) {
  const { input, campaign } = draft;
  const template = useTemplate(input.template_id);
  const accounts = useAccounts();
  const account = accounts.data?.data.find((one) => one.id === template.data?.account_id);
  const usable = account?.numbers.filter((number) => !number.archived) ?? [];
  const chosen = usable.filter((number) => input.number_ids?.includes(number.id));
  // Without a choice the account's default number sends.
  const numbers = chosen.length > 0 ? chosen : usable.filter((n) => n.default).slice(0, 1);
  const wanted = isAskable(input.audience, input.exclude)
    ? {
        audience: input.audience,
        exclude: input.exclude ?? {},
        control_percent: input.control_percent ?? null,
        respect_frequency_cap: input.respect_frequency_cap ?? null,
        // Who is held out depends on it.
        campaign_id: campaign.id,
        template_id: input.template_id,
        mapping: input.mapping,
      }
    : undefined;
  const [asked] = useDebouncedValue(wanted, 300);
  const reach = useReach(wanted && asked);
  const sample = useSample(wanted && asked && { ...asked, limit: 20 });
  const preflight = usePreflight(campaign.id, campaign.updated_at);
  const counting =
    reach.isFetching || reach.data?.exact === false || JSON.stringify(asked) !== JSON.stringify(wanted);
  const speed = ceiling({
    numbers: numbers.map((number) => number.messages_per_second),
    account: account?.requests_per_second,
    own: input.messages_per_second,
  });
  const reachable = wanted ? reach.data?.reachable : undefined;
  const daily = dailyOf(preflight.data, momentOf(input.starts), serverNow());
  const spans = preflight.data?.open_spans ?? [];
  const through =
    spans.length > 0 && reachable && speed.perSecond > 0
      ? finishAt(spans, Math.max(serverNow(), momentOf(input.starts) ?? 0), reachable, speed.perSecond)
      : undefined;
  // Without a cut-off the spans end where nobody looks any further.
  const finish = through && (through.left === 0 || input.ends) ? through : undefined;
  return {
    draft,
    template: template.data,
    account,
    usable,
    numbers,
    /** Some of those who would get it. */
    sample: wanted && sample.data?.data,
    preflight,
    reach,
    counting,
    /** People who would get it now; nothing while that is not known. */
    reachable,
    /** What WhatsApp's daily limit leaves when it starts; nothing while that is not known. */
    daily: daily && { ...daily, short: reachable !== undefined && reachable > daily.left },
    speed,
    /** When it is through with its quiet hours and its cut-off, where it has any. */
    finish,
    /** Seconds from first to last at this speed. */
    seconds: reachable !== undefined && speed.perSecond > 0 ? reachable / speed.perSecond : undefined,
  };
}
export type Editing = ReturnType<typeof useEditing>;
