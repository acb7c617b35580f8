import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Autocomplete, Button, Checkbox, Group, Modal, Paper, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArchive, IconArchiveOff, IconTag } from '@tabler/icons-react';
import { useState } from 'react';
import { fieldErrors } from '~/api/form';
import type { Column } from '~/ui/DataTable';
import { useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done, failed } from '~/ui/toast';
import { archiveMany, type DoneWith, labelMany, useFacets } from './desk';
import type { ListTab } from './routes';
import type { Row } from './useCampaigns';

/** Campaigns that one act takes at most. */
const MOST = 1_000;
const NONE: ReadonlySet<string> = new Set();

export type Choice = ReadonlySet<string>;

/** What is chosen in a list; with other filters nothing is. */
export function useChoice(list: string): [Choice, (choice: Choice) => void] {
  const [made, make] = useState<{ list: string; choice: Choice }>();
  return [made?.list === list ? made.choice : NONE, (choice) => make({ list, choice })];
}

/** The column with a box for each campaign; the one above chooses all that are loaded. */
export function useChoiceColumn(
  choice: Choice,
  choose: (choice: Choice) => void,
  loaded: Row[],
): Column<Row> {
  const { t } = useLingui();
  const chosen = loaded.filter(({ id }) => choice.has(id)).length;
  const every = loaded.length > 0 && chosen === loaded.length;
  const toggle = (id: string) => {
    const next = new Set(choice);
    if (!next.delete(id) && next.size < MOST) next.add(id);
    choose(next);
  };
  return {
    key: 'choice',
    width: 44,
    title: (
      <Checkbox
        size="sm"
        aria-label={t`Choose all shown`}
        checked={every}
        indeterminate={!every && chosen > 0}
        onChange={() => choose(every ? NONE : new Set(loaded.slice(0, MOST).map(({ id }) => id)))}
      />
    ),
    render: (row) => (
      <Checkbox
        size="sm"
        aria-label={t`Choose ${row.name}`}
        checked={choice.has(row.id)}
        onChange={() => toggle(row.id)}
      />
    ),
  };
}

/** Archives campaigns or takes them back, and says so with a way back. */
export function useArchive() {
  const { t } = useLingui();
  return async (ids: string[], archived: boolean): Promise<void> => {
    try {
      const { changed, left_out } = await archiveMany(ids, archived);
      const n = changed.length;
      if (left_out.length > 0) {
        const names = left_out.map(({ name }) => name).join(', ');
        failed(new Error(t`Only campaigns that have ended can be archived. Left as they are: ${names}`));
      }
      if (n === 0) return;
      done(
        archived ? (
          <Plural value={n} one="The campaign is archived." other="# campaigns are archived." />
        ) : (
          <Plural
            value={n}
            one="The campaign is in the list again."
            other="# campaigns are in the list again."
          />
        ),
        () => archiveMany(changed, !archived),
      );
    } catch (problem) {
      failed(problem);
    }
  };
}

interface Props {
  tab: ListTab;
  choice: Choice;
  choose: (choice: Choice) => void;
}

/** What can be done with the campaigns that are chosen. */
export function ChosenBar({ tab, choice, choose }: Props) {
  const { t } = useLingui();
  const format = useFormat();
  const archive = useArchive();
  const [labelling, label] = useDisclosure();
  const n = choice.size;
  if (n === 0) return null;
  const act = async (archived: boolean) => {
    await archive([...choice], archived);
    choose(NONE);
  };
  return (
    <Paper withBorder p="xs" mb="sm" component="section" aria-label={t`Campaigns that are chosen`}>
      <Group gap="xs">
        <Text size="sm" fw={600} role="status">
          <Plural value={n} one="1 campaign is chosen" other={`${format.number(n)} campaigns are chosen`} />
        </Text>
        <Group gap="xs" ms="auto">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconTag size={16} aria-hidden />}
            onClick={label.open}
          >
            <Trans>Label</Trans>
          </Button>
          {tab === 'finished' && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconArchive size={16} aria-hidden />}
              onClick={() => void act(true)}
            >
              <Trans>Archive</Trans>
            </Button>
          )}
          {tab === 'archived' && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconArchiveOff size={16} aria-hidden />}
              onClick={() => void act(false)}
            >
              <Trans>Take back into the list</Trans>
            </Button>
          )}
          <Button size="compact-sm" variant="subtle" onClick={() => choose(NONE)}>
            <Trans>Choose none</Trans>
          </Button>
        </Group>
      </Group>
      <Modal
        opened={labelling}
        onClose={label.close}
        title={t`Label the chosen campaigns`}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        {labelling && (
          <LabelForm
            ids={[...choice]}
            close={() => {
              label.close();
              choose(NONE);
            }}
          />
        )}
      </Modal>
    </Paper>
  );
}

function LabelForm({ ids, close }: { ids: string[]; close: () => void }) {
  const { t } = useLingui();
  const facets = useFacets();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<unknown>();
  const wrong = fieldErrors(problem).label;
  const say = ({ changed, left_out }: DoneWith, on: boolean) => {
    const n = changed.length;
    if (left_out.length > 0) {
      const names = left_out.map(({ name }) => name).join(', ');
      failed(new Error(t`These have 20 labels already and did not get another one: ${names}`));
    }
    done(
      on ? (
        <Plural value={n} one="# campaign got the label." other="# campaigns got the label." />
      ) : (
        <Plural value={n} one="# campaign lost the label." other="# campaigns lost the label." />
      ),
      n > 0 ? () => labelMany(changed, text, !on) : undefined,
    );
  };
  const act = async (on: boolean) => {
    setProblem(undefined);
    try {
      const answer = await labelMany(ids, text, on);
      close();
      say(answer, on);
    } catch (error) {
      setProblem(error);
    }
  };
  const empty = text.trim() === '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void act(true);
      }}
    >
      <Stack>
        <Autocomplete
          label={t`Label`}
          description={t`One that is there, or a new one.`}
          value={text}
          onChange={setText}
          data={(facets.data?.labels ?? []).map(({ label }) => label)}
          maxLength={40}
          error={wrong}
          data-autofocus
        />
        {problem !== undefined && !wrong && <ProblemAlert problem={problem} />}
        <Group justify="flex-end">
          <Button variant="default" disabled={empty} onClick={() => void act(false)}>
            <Trans>Take it off</Trans>
          </Button>
          <Button type="submit" disabled={empty}>
            <Trans>Put it on</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
