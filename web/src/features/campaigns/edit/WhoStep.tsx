import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Radio, Select, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { useCan } from '~/api/session';
import { useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { type Audience, useLists } from '../queries';
import { Conditions } from './Conditions';
import type { Editing } from './useEditing';

/** Who gets it: everyone, a list, or whoever meets conditions. */
export function WhoStep({ editing }: { editing: Editing }) {
  const { t } = useLingui();
  const { input, change, errorAt } = editing.draft;
  const { audience } = input;
  // What was chosen before is still there when one comes back to it.
  const last = useRef<Partial<Record<Audience['type'], Audience>>>({});
  const set = (next: Audience) => {
    last.current[next.type] = next;
    change({ audience: next });
  };
  const choose = (type: string) => {
    last.current[audience.type] = audience;
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
        value={audience.type}
        onChange={choose}
      >
        <Stack gap="sm" mt="sm">
          <Radio value="everyone" label={t`Everyone`} description={t`All profiles.`} />
          <Radio
            value="list"
            label={t`A list`}
            description={t`People who came with an import, as you named it.`}
          />
          <Radio
            value="conditions"
            label={t`People who meet conditions`}
            description={t`By what their profiles say, such as city or plan.`}
          />
        </Stack>
      </Radio.Group>
      {audience.type === 'list' && (
        <ListChoice
          value={audience.list_id}
          onChange={(list_id) => set({ type: 'list', list_id })}
          error={audience.list_id === '' ? undefined : errorAt('/audience/list_id')}
        />
      )}
      {audience.type === 'conditions' && (
        <Conditions
          all={audience.all}
          onChange={(all) => set({ type: 'conditions', all })}
          errorAt={errorAt}
        />
      )}
    </Stack>
  );
}

interface ChoiceProps {
  value: string;
  onChange: (id: string) => void;
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
      <Select
        label={t`List`}
        placeholder={t`Choose a list`}
        searchable
        w="100%"
        maw={420}
        data={all.map((list) => ({
          value: list.id,
          label: t`${list.name} (${format.number(list.size)} people)`,
        }))}
        value={value || null}
        onChange={(id) => id && onChange(id)}
        nothingFoundMessage={t`No list of this name`}
        error={error}
        dir="auto"
      />
      {bring}
    </Stack>
  );
}
