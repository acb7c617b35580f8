import { isAskable } from '../audience';
import type { CampaignInput, Mapping, Template } from '../queries';
import { type Source, slotsOf, sourceAt } from './slots';
import { isHalfPlanned, isHalfQuiet } from './when';

/** Whether a slot gives everybody a value: the server takes no other. */
export function isFilled(source: Source | undefined): boolean {
  if (!source) return false;
  if (source.from === 'text') return source.text.trim() !== '';
  return source.name.trim() !== '' && Boolean(source.default?.trim());
}

/** The slots that are not filled, by their pointers. */
export const unfilled = (template: Template, mapping: Mapping): string[] =>
  slotsOf(template.content, mapping)
    .map((slot) => ({ slot, source: sourceAt(mapping, slot.pointer) }))
    .filter(({ slot, source }) => !isFilled(source) && !(slot.optional && source === undefined))
    .map(({ slot }) => slot.pointer);

/** Pointers to what is not finished, so that it is not worth a try to save. */
export function unfinished(input: CampaignInput, template: Template | undefined): string[] {
  const wrong: string[] = [];
  if (input.name.trim() === '') wrong.push('/name');
  if (!isAskable(input.audience, input.exclude)) wrong.push('/audience');
  // Without a mapping of its own the campaign takes the template's, finished or not.
  if (template && input.mapping && JSON.stringify(input.mapping) !== JSON.stringify(template.mapping))
    wrong.push(...unfilled(template, input.mapping));
  if (isHalfPlanned(input.starts)) wrong.push('/starts');
  if (isHalfPlanned(input.ends)) wrong.push('/ends');
  if (isHalfQuiet(input.quiet)) wrong.push('/quiet');
  return wrong;
}
