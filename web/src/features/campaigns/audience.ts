import { useLingui } from '@lingui/react/macro';
import type { Schemas } from '~/api/client';
import type { Audience, Condition, Exclude } from './queries';

export type Comparison = Schemas['Comparison'];

/** Comparisons, in the order in which they are offered. */
export const COMPARISONS: readonly Comparison[] = [
  'equal',
  'not_equal',
  'one_of',
  'none_of',
  'contains',
  'begins_with',
  'above',
  'below',
  'set',
  'not_set',
];

/** A date as profiles keep it; conditions compare them as days. */
export const isDate = (value: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));

/** What a comparison is compared with; a number may also be a date. */
export function valueKind(is: Comparison): 'none' | 'list' | 'number' | 'text' {
  if (is === 'set' || is === 'not_set') return 'none';
  if (is === 'one_of' || is === 'none_of') return 'list';
  return is === 'above' || is === 'below' ? 'number' : 'text';
}

/** The values of a condition as texts. */
export function valuesOfCondition(condition: Condition): string[] {
  const value: unknown = condition.value;
  if (Array.isArray(value)) return value.map(String);
  return value === undefined || value === null ? [] : [String(value)];
}

/** The condition with another comparison; its value is kept as far as it fits. */
export function compareBy(condition: Condition, is: Comparison): Condition {
  const values = valuesOfCondition(condition);
  return withValues({ attribute: condition.attribute, is }, values);
}

/** The condition with these values. The API takes any JSON, which its document calls an object. */
export function withValues(condition: Condition, values: string[]): Condition {
  const { attribute, is } = condition;
  const value = (json: unknown): Condition => ({ attribute, is, value: json as Condition['value'] });
  const first = values[0];
  switch (valueKind(is)) {
    case 'none':
      return { attribute, is };
    case 'list':
      return value(values);
    case 'number': {
      // Half a number, such as `30.`, stays as it was typed.
      const typed = (first ?? '').trim().replace(',', '.');
      return value(String(Number(typed)) === typed ? Number(typed) : (first ?? ''));
    }
    case 'text':
      return value(first ?? '');
  }
}

/** Whether a condition can be asked: the server refuses the others. */
export function isComplete(condition: Condition): boolean {
  if (condition.attribute.trim() === '') return false;
  const values = valuesOfCondition(condition).filter((value) => value.trim() !== '');
  const kind = valueKind(condition.is);
  if (kind === 'none') return true;
  if (kind === 'number') {
    const [first] = values;
    return first !== undefined && (Number.isFinite(Number(first)) || isDate(first));
  }
  return values.length > 0;
}

export const isAskable = (audience: Audience, exclude?: Exclude | null): boolean =>
  (exclude?.conditions ?? []).every(isComplete) &&
  (audience.type === 'conditions'
    ? audience.all.length > 0 && audience.all.every(isComplete)
    : audience.type === 'everyone' || listsOf(audience).length > 0);

/** The lists that an audience names. */
export function listsOf(audience: Audience): string[] {
  if (audience.type === 'lists') return audience.list_ids;
  return audience.type === 'list' && audience.list_id !== '' ? [audience.list_id] : [];
}

/** The people of these lists. */
export const ofLists = (ids: string[]): Audience =>
  ids.length > 1 ? { type: 'lists', list_ids: ids } : { type: 'list', list_id: ids[0] ?? '' };

/** Whom to leave out; nothing where that is nobody. */
export const excludeOf = (exclude: Exclude): Exclude | null =>
  exclude.list_ids?.length || exclude.conditions?.length || exclude.campaign_ids?.length ? exclude : null;

/** Comparisons as they stand in a sentence. */
export function useComparisons(): Record<Comparison, string> {
  const { t } = useLingui();
  return {
    equal: t`is`,
    not_equal: t`is not`,
    one_of: t`is one of`,
    none_of: t`is none of`,
    contains: t`contains`,
    begins_with: t`begins with`,
    above: t`is above`,
    below: t`is below`,
    set: t`has a value`,
    not_set: t`has no value`,
  };
}

/** The same for dates. */
export function useDateComparisons(): Record<Comparison, string> {
  const { t } = useLingui();
  return { ...useComparisons(), above: t`is after`, below: t`is before` };
}

/** An audience in words. */
export function useAudienceWords(): (
  audience: Audience,
  listName: (id: string) => string | undefined,
) => string[] {
  const { t } = useLingui();
  const condition = useConditionWords();
  return (audience, listName) => {
    if (audience.type === 'everyone') return [t`Everyone`];
    if (audience.type === 'conditions') return audience.all.map(condition);
    return listsOf(audience).map((id) => {
      const name = listName(id);
      return name === undefined ? t`People of a list` : t`People of the list "${name}"`;
    });
  };
}

/** A condition in words. */
function useConditionWords(): (condition: Condition) => string {
  const { i18n } = useLingui();
  const comparisons = useComparisons();
  const ofDates = useDateComparisons();
  const or = new Intl.ListFormat(i18n.locale, { type: 'disjunction' });
  return (condition) => {
    const { attribute } = condition;
    const all = valuesOfCondition(condition);
    const comparison = (all.length > 0 && all.every(isDate) ? ofDates : comparisons)[condition.is];
    const values = or.format(all);
    return values === '' ? `${attribute} ${comparison}` : `${attribute} ${comparison} ${values}`;
  };
}

/** Whom a campaign leaves out, in words. */
export function useExcludeWords(): (
  exclude: Exclude | null | undefined,
  nameOf: (id: string) => string | undefined,
) => string[] {
  const { t, i18n } = useLingui();
  const condition = useConditionWords();
  const and = new Intl.ListFormat(i18n.locale, { type: 'conjunction' });
  return (exclude, nameOf) => {
    const lists = (exclude?.list_ids ?? []).map((id) => {
      const name = nameOf(id);
      return name === undefined ? t`People of a list` : t`People of the list "${name}"`;
    });
    const campaigns = (exclude?.campaign_ids ?? []).map((id) => {
      const name = nameOf(id);
      return name === undefined ? t`Who got an earlier campaign` : t`Who got "${name}"`;
    });
    const all = exclude?.conditions ?? [];
    return [...lists, ...(all.length > 0 ? [and.format(all.map(condition))] : []), ...campaigns];
  };
}
