import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, Group, Modal, Paper, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBan, IconListDetails, IconUserMinus } from '@tabler/icons-react';
import { useState } from 'react';
import { useCan } from '~/api/session';
import { useBeginBulk, useLists, type Who } from '~/ui/bulk';
import { confirm } from '~/ui/confirm';
import type { Column } from '~/ui/DataTable';
import { useFormat } from '~/ui/format';
import { OntoList } from '~/ui/OntoList';
import { done, failed } from '~/ui/toast';
import { asBulkFilter, changeList, countAll, MOST_CHOSEN } from './acts';
import { type Profile, useProfileCount } from './queries';
import type { ProfileFilter } from './routes';

/** Who is chosen in the list: some by their ids, or everybody whom the filter finds, counted. */
export type Choice = { ids: ReadonlySet<string>; all?: undefined } | { ids?: undefined; all: number };

const NOBODY: Choice = { ids: new Set() };

/** The choice among those whom a filter finds: with another filter nobody is chosen. */
export function useChoice(filter: ProfileFilter): [Choice, (choice: Choice) => void] {
  const key = JSON.stringify(filter);
  const [made, make] = useState<{ key: string; choice: Choice }>();
  return [made?.key === key ? made.choice : NOBODY, (choice) => make({ key, choice })];
}

/** The column with a box for each person; the one above chooses all that are loaded. */
export function useChoiceColumn(
  choice: Choice,
  choose: (choice: Choice) => void,
  loaded: readonly Profile[],
): Column<Profile> {
  const { t } = useLingui();
  const ids = choice.ids ?? new Set<string>();
  const whole = choice.all !== undefined;
  const chosen = loaded.filter(({ id }) => ids.has(id)).length;
  const every = whole || (loaded.length > 0 && chosen === loaded.length);
  const toggle = (id: string) => {
    const next = new Set(ids);
    if (!next.delete(id) && next.size < MOST_CHOSEN) next.add(id);
    choose({ ids: next });
  };
  return {
    key: 'choice',
    width: 44,
    title: (
      <Checkbox
        size="sm"
        aria-label={t`Choose everybody shown`}
        checked={every}
        indeterminate={!every && chosen > 0}
        onChange={() =>
          choose(every ? NOBODY : { ids: new Set(loaded.slice(0, MOST_CHOSEN).map(({ id }) => id)) })
        }
      />
    ),
    render: (row) => (
      <Checkbox
        size="sm"
        aria-label={t`Choose ${row.name || row.phone || row.identity}`}
        checked={whole || ids.has(row.id)}
        disabled={whole}
        onChange={() => toggle(row.id)}
      />
    ),
  };
}

interface Props {
  choice: Choice;
  choose: (choice: Choice) => void;
  filter: ProfileFilter;
  /** The search fits more people than are looked at: nobody can say who all of them are. */
  partial: boolean;
}

/** What can be done with those who are chosen. */
export function ChosenBar({ choice, choose, filter, partial }: Props) {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const [listed, listing] = useDisclosure();
  const begin = useBeginBulk();
  const n = choice.all ?? choice.ids.size;
  const who: Who = choice.ids ? { ids: [...choice.ids] } : { filter: asBulkFilter(filter) };
  const list = useLists().data?.data.find(({ id }) => id === filter.list);
  if (n === 0) return null;
  const count = format.number(n);
  const takeOff = async ({ id, name }: { id: string; name: string }) => {
    if (!choice.ids)
      return confirm({
        title: t`Take ${count} people off the list?`,
        children: t`They are no longer on the list "${name}". The people themselves stay. It cannot be taken back.`,
        act: t`Take them off`,
        danger: true,
        run: async () => {
          await begin.mutateAsync({ act: { type: 'remove_from_list', list_id: id }, who });
          begun();
        },
      });
    try {
      const { moved } = await changeList(id, { remove: [...choice.ids] });
      choose(NOBODY);
      const gone = moved.length;
      done(
        <Plural
          value={gone}
          one={`1 person is off the list "${name}".`}
          other={`# people are off the list "${name}".`}
        />,
        gone > 0 ? () => changeList(id, { add: moved }) : undefined,
      );
    } catch (problem) {
      failed(problem);
    }
  };
  const optOut = () =>
    confirm({
      title: t`Opt out ${count} people?`,
      children: t`No campaign writes to their numbers any more, whatever profiles share them. Only the people themselves can take that back. It is noted with your name in the history of each.`,
      act: t`Opt them out`,
      danger: true,
      typed: String(n),
      run: async () => {
        await begin.mutateAsync({ act: { type: 'opt_out' }, who });
        begun();
      },
    });
  const begun = () => {
    done(t`It has begun, and goes on when you leave this page.`);
    choose(NOBODY);
  };
  return (
    <Paper withBorder p="xs" component="section" aria-label={t`Those who are chosen`}>
      <Group gap="xs">
        <Text size="sm" fw={600} role="status">
          {choice.ids ? (
            <Plural value={n} one="1 person is chosen" other={`${count} people are chosen`} />
          ) : (
            <Trans>All {count} people who match are chosen</Trans>
          )}
        </Text>
        {choice.ids && !partial && <ChooseAll filter={filter} shown={n} choose={choose} />}
        <Group gap="xs" ms="auto">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconListDetails size={16} aria-hidden />}
            onClick={listing.open}
          >
            <Trans>Put on a list</Trans>
          </Button>
          {list && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconUserMinus size={16} aria-hidden />}
              onClick={() => void takeOff(list)}
            >
              <Trans>Take off this list</Trans>
            </Button>
          )}
          {can('consent.write') && (
            <Button
              size="compact-sm"
              variant="outline"
              color="red"
              leftSection={<IconBan size={16} aria-hidden />}
              onClick={optOut}
            >
              <Trans>Opt out</Trans>
            </Button>
          )}
          <Button size="compact-sm" variant="subtle" onClick={() => choose(NOBODY)}>
            <Trans>Choose nobody</Trans>
          </Button>
        </Group>
      </Group>
      <Modal
        opened={listed}
        onClose={listing.close}
        title={t`Put ${count} people on a list`}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        <OntoList
          who={who}
          close={listing.close}
          begun={() => {
            listing.close();
            begun();
          }}
        />
      </Modal>
    </Paper>
  );
}

/** From those on the page to all who match the filter, counted to the end. */
function ChooseAll({
  filter,
  shown,
  choose,
}: {
  filter: ProfileFilter;
  shown: number;
  choose: (choice: Choice) => void;
}) {
  const format = useFormat();
  const { data } = useProfileCount(filter);
  const [busy, setBusy] = useState(false);
  // An estimate of few people may be of more.
  if (!data || (data.exact && data.count <= shown)) return null;
  const count = format.number(data.count);
  const all = async () => {
    setBusy(true);
    try {
      choose({ all: (await countAll(filter)).count });
    } catch (problem) {
      failed(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="compact-sm" variant="subtle" loading={busy} onClick={() => void all()}>
      {data.exact ? (
        <Trans>Choose all {count} who match</Trans>
      ) : data.count <= shown ? (
        <Trans>Choose all who match</Trans>
      ) : (
        <Trans>Choose all who match, about {count}</Trans>
      )}
    </Button>
  );
}
