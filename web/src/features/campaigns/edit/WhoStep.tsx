import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, MultiSelect, Radio, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { useCan } from '~/api/session';
import { useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { isAskable, listsOf, ofLists } from '../audience';
import { type Audience, useLists } from '../queries';
import { Conditions } from './Conditions';
import { HeldBack } from './HeldBack';
import { LeaveOut } from './LeaveOut';
import type { Editing } from './useEditing';

/** Who gets it: everyone, people of lists, or whoever meets conditions; and who of them is left out. */
export function WhoStep({ editing }: { editing: Editing }) {
  const { t } = useLingui();
  const { input, change, errorAt } = editing.draft;
  const { audience } = input;
  // What was chosen before is still there when one comes back to it.
  const last = useRef<Partial<Record<Audience['type'], Audience>>>({});
  const kind = audience.type === 'lists' ? 'list' : audience.type;
  const set = (next: Audience) => {
    last.current[next.type === 'lists' ? 'list' : next.type] = next;
    change({ audience: next });
  };
  const choose = (type: string) => {
    last.current[kind] = audience;
    if (type === 'everyone') set({ type });
    if (type === 'list') set(last.current.list ?? { type, list_id: '' });
    if (type === 'conditions')
      set(last.current.conditions ?? { type, all: [{ attribute: '', is: 'equal' }] });
  };
  return (
    <Stack>
      <Radio.Group
        label={t`Who gets this campaign?`}
        description={t`Whoever opted out, or never agreed to messages, is left out in any case.`}
        value={kind}
        onChange={choose}
      >
        <Stack gap="sm" mt="sm">
          <Radio value="everyone" label={t`Everyone`} description={t`All profiles.`} />
          <Radio value="list" label={t`Lists`} description={t`People on one list, or on any of several.`} />
          <Radio
            value="conditions"
            label={t`People who meet conditions`}
            description={t`By what their profiles say, such as city or plan.`}
          />
        </Stack>
      </Radio.Group>
      {kind === 'list' && (
        <ListChoice
          value={listsOf(audience)}
          onChange={(ids) => set(ofLists(ids))}
          error={isAskable(audience) ? listError(errorAt) : undefined}
        />
      )}
      {audience.type === 'conditions' && (
        <Conditions
          all={audience.all}
          onChange={(all) => set({ type: 'conditions', all })}
          errorAt={errorAt}
          pointer="/audience/all"
          legend={t`People for whom all of this holds`}
        />
      )}
      <LeaveOut editing={editing} />
      <HeldBack editing={editing} />
    </Stack>
  );
}

/** What is wrong with one of the lists. */
const listError = (errorAt: (pointer: string) => string | undefined) =>
  [
    '/audience/list_id',
    '/audience/list_ids',
    ...Array.from({ length: 20 }, (_, i) => `/audience/list_ids/${i}`),
  ]
    .map(errorAt)
    .find(Boolean);

interface ChoiceProps {
  value: string[];
  onChange: (ids: string[]) => void;
  error: string | undefined;
}

function ListChoice({ value, onChange, error }: ChoiceProps) {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const lists = useLists();
  if (lists.isError) return <ProblemAlert problem={lists.error} retry={() => void lists.refetch()} />;
  const all = lists.data?.data ?? [];
  const bring = can('profiles.import') && (
    <Anchor component={Link} to="/profiles/import" size="sm">
      <Trans>Import a list from a file</Trans>
    </Anchor>
  );
  if (lists.isSuccess && all.length === 0) {
    return (
      <Text size="sm">
        <Trans>There is no list yet. A list is made by an import: give it a name there.</Trans> {bring}
      </Text>
    );
  }
  return (
    <Stack gap={4} align="flex-start">
      <MultiSelect
        label={t`Lists`}
        placeholder={value.length === 0 ? t`Choose lists` : undefined}
        searchable
        hidePickedOptions
        maxValues={20}
        w="100%"
        maw={560}
        data={all.map((list) => ({
          value: list.id,
          label: t`${list.name} (${format.number(list.size)} people)`,
        }))}
        value={value}
        onChange={onChange}
        nothingFoundMessage={t`No list of this name`}
        error={error}
        dir="auto"
      />
      {bring}
    </Stack>
  );
}
