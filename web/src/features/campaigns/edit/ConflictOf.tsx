import { useLingui } from '@lingui/react/macro';
import { ChangedMeanwhile } from '~/ui/ChangedMeanwhile';
import { useFormat } from '~/ui/format';
import { useAudienceWords, useExcludeWords } from '../audience';
import { type CampaignInput, useLaunched, useLists, useTemplate } from '../queries';
import { apart, type Part } from './conflict';
import { type Source, slotsOf, sourceAt, useSlotWords } from './slots';
import type { Conflict, Draft } from './useDraft';
import type { Editing } from './useEditing';
import { momentOf } from './when';
import { useHeldBackWords, useQuietWords } from './words';

/** What somebody else changed in a draft that is being written here, and the way to decide. */
export function ConflictOf({ editing }: { editing: Editing }) {
  const { conflict } = editing.draft;
  return conflict ? <Shown editing={editing} draft={editing.draft} conflict={conflict} /> : null;
}

function Shown({ editing, draft, conflict }: { editing: Editing; draft: Draft; conflict: Conflict }) {
  const { t } = useLingui();
  const words = usePartWords(editing, conflict);
  const titles: Record<Part, string> = {
    name: t`Name`,
    audience: t`Who gets it`,
    heldBack: t`Frequency cap and control group`,
    message: t`What it says`,
    numbers: t`Numbers that send it`,
    starts: t`When it starts`,
    ends: t`Cut-off`,
    quiet: t`Quiet hours`,
    pace: t`Own limit, messages a second`,
  };
  const rows = apart(conflict).map(({ part, by }) => ({
    key: part,
    title: titles[part],
    mine: words(part, conflict.mine),
    theirs: words(part, conflict.theirs),
    by,
  }));
  return (
    <ChangedMeanwhile
      by={conflict.by}
      at={conflict.at}
      rows={rows}
      keeping={t`Keep mine saves what you changed; what only they changed stays theirs. Take theirs gives up what you changed.`}
      busy={draft.saving === 'saving'}
      onKeep={() => void draft.keepMine()}
      onTake={draft.takeTheirs}
    />
  );
}

/** Parts of a draft in words. */
function usePartWords(editing: Editing, { mine, theirs }: Conflict) {
  const { t } = useLingui();
  const format = useFormat();
  const audience = useAudienceWords();
  const slotWords = useSlotWords();
  const exclude = useExcludeWords();
  const quiet = useQuietWords();
  const heldBack = useHeldBackWords();
  const lists = useLists();
  const launched = useLaunched(Boolean(mine.exclude?.campaign_ids ?? theirs.exclude?.campaign_ids));
  const nameOf = (id: string) =>
    [...(lists.data?.data ?? []), ...(launched.data?.data ?? [])].find((one) => one.id === id)?.name;
  const others = useTemplate(theirs.template_id);
  const source = (from: Source | undefined): string => {
    if (!from) return t`nothing`;
    if (from.from === 'text') return `"${from.text}"`;
    const { name, default: standard } = from;
    return standard ? t`${name} of the profile, else "${standard}"` : t`${name} of the profile`;
  };
  const message = ({ template_id, mapping }: CampaignInput): string => {
    const template = [editing.template, others.data].find((one) => one?.id === template_id);
    if (!template) return t`Another template`;
    const filled = mapping ?? template.mapping;
    const slots = slotsOf(template.content, filled).map(
      (slot) => `${slotWords(slot).name}: ${source(sourceAt(filled, slot.pointer))}`,
    );
    return [`${template.name} (${template.language})`, ...slots].join('\n');
  };
  const phones = (ids: readonly string[] | undefined): string => {
    const known = editing.usable.filter((number) => ids?.includes(number.id));
    return known.length > 0
      ? known.map((number) => number.phone).join('\n')
      : t`The account's default number`;
  };
  const start = (input: CampaignInput): string => {
    const at = momentOf(input.starts);
    if (at !== undefined) return format.full(at);
    return input.starts ? t`A time that is not finished` : t`As soon as it is launched`;
  };
  return (part: Part, input: CampaignInput): string => {
    switch (part) {
      case 'name':
        return input.name;
      case 'audience':
        return [
          ...audience(input.audience, nameOf),
          ...exclude(input.exclude, nameOf).map((who) => t`Left out: ${who}`),
        ].join('\n');
      case 'heldBack':
        return heldBack(input).join('\n');
      case 'message':
        return message(input);
      case 'numbers':
        return phones(input.number_ids);
      case 'starts':
        return start(input);
      case 'ends': {
        const at = momentOf(input.ends);
        if (at !== undefined) return format.full(at);
        return input.ends ? t`A time that is not finished` : t`No cut-off`;
      }
      case 'quiet':
        return quiet(input.quiet).join('\n') || t`No quiet hours`;
      case 'pace':
        return input.messages_per_second
          ? format.number(input.messages_per_second)
          : t`As fast as the numbers may`;
    }
  };
}
