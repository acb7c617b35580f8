import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Card, MultiSelect, Stack, Text, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useFormat } from '~/ui/format';
import { excludeOf } from '../audience';
import { type Exclude, useLaunched, useLists } from '../queries';
import { Conditions } from './Conditions';
import type { Editing } from './useEditing';

/** Who of the audience does not get it all the same. */
export function LeaveOut({ editing }: { editing: Editing }) {
  const { t } = useLingui();
  const format = useFormat();
  const { input, change, errorAt } = editing.draft;
  const lists = useLists();
  const launched = useLaunched();
  const exclude = input.exclude ?? {};
  const { list_ids = [], conditions = [], campaign_ids = [] } = exclude;
  const set = (next: Exclude) => change({ exclude: excludeOf({ ...exclude, ...next }) });
  const wrong = (field: string, ids: string[]) =>
    [errorAt(`/exclude/${field}`), ...ids.map((_, i) => errorAt(`/exclude/${field}/${i}`))].find(Boolean);
  return (
    <Card withBorder component="section" aria-labelledby="leave-out">
      <Stack gap="sm">
        <div>
          <Title order={2} size="h6" id="leave-out">
            <Trans>Who is left out</Trans>
          </Title>
          <Text size="sm" c="dimmed">
            <Trans>Whoever is in one of these groups does not get it, whatever the audience is.</Trans>
          </Text>
        </div>
        <MultiSelect
          label={t`People on these lists`}
          placeholder={list_ids.length === 0 ? t`None` : undefined}
          searchable
          hidePickedOptions
          maxValues={20}
          maw={560}
          data={(lists.data?.data ?? []).map((list) => ({
            value: list.id,
            label: t`${list.name} (${format.number(list.size)} people)`,
          }))}
          value={list_ids}
          onChange={(list_ids) => set({ list_ids })}
          nothingFoundMessage={t`No list of this name`}
          error={wrong('list_ids', list_ids)}
          dir="auto"
        />
        <MultiSelect
          label={t`People who got these campaigns`}
          description={t`The provider accepted their message. Those whose message failed are not among them.`}
          placeholder={campaign_ids.length === 0 ? t`None` : undefined}
          searchable
          hidePickedOptions
          maxValues={20}
          maw={560}
          data={(launched.data?.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
          value={campaign_ids}
          onChange={(campaign_ids) => set({ campaign_ids })}
          nothingFoundMessage={t`No campaign of this name`}
          error={wrong('campaign_ids', campaign_ids)}
          dir="auto"
        />
        {conditions.length > 0 ? (
          <Conditions
            all={conditions}
            onChange={(conditions) => set({ conditions })}
            errorAt={errorAt}
            pointer="/exclude/conditions"
            legend={t`People who meet all of this`}
            optional
          />
        ) : (
          <Button
            variant="light"
            size="xs"
            style={{ alignSelf: 'flex-start' }}
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => set({ conditions: [{ attribute: '', is: 'equal' }] })}
          >
            <Trans>Leave people out by conditions</Trans>
          </Button>
        )}
      </Stack>
    </Card>
  );
}
