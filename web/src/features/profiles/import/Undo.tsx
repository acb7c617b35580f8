import { Plural, Trans, useLingui } from '@lingui/react/macro';
import {
  Alert,
  Anchor,
  Button,
  Card,
  Group,
  List,
  Modal,
  Progress,
  Skeleton,
  Stack,
  Text,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowBackUp, IconSpeakerphone } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '~/api/session';
import { useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { type Job, useUndoImport, useUndoPreview } from './queries';
import { UndoFigures } from './UndoFigures';

/** Asks with numbers, then begins; nothing where an import cannot be undone. */
export function UndoButton({ job, compact }: { job: Job; compact?: boolean }) {
  const { t } = useLingui();
  const can = useCan();
  const [opened, { open, close }] = useDisclosure();
  const format = useFormat();
  if (!job.undo_until || !can('profiles.import')) return null;
  const until = format.soon(job.undo_until);
  return (
    <>
      <Stack gap={2} align="flex-start">
        <Button
          variant="default"
          size={compact ? 'compact-sm' : undefined}
          leftSection={<IconArrowBackUp size={16} aria-hidden />}
          aria-label={compact ? t`Undo the import of ${job.file_name}` : undefined}
          onClick={open}
        >
          {compact ? <Trans>Undo</Trans> : <Trans>Undo this import</Trans>}
        </Button>
        <Text size="xs" c="dimmed">
          <Trans>until {until}</Trans>
        </Text>
      </Stack>
      <Modal
        opened={opened}
        onClose={close}
        title={t`Undo the import of ${job.file_name}?`}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        <Question job={job} close={close} />
      </Modal>
    </>
  );
}

function Question({ job, close }: { job: Job; close: () => void }) {
  const { t } = useLingui();
  const format = useFormat();
  const preview = useUndoPreview(job.id);
  const undo = useUndoImport();
  const [problem, setProblem] = useState<unknown>();
  const go = async () => {
    setProblem(undefined);
    try {
      await undo.mutateAsync(job.id);
      close();
    } catch (error) {
      setProblem(error);
    }
  };
  if (preview.isError) {
    return <ProblemAlert problem={preview.error} retry={() => void preview.refetch()} />;
  }
  if (!preview.data) return <Skeleton height={180} role="status" aria-label={t`Loading`} />;
  const { people, total, campaigns } = preview.data;
  const looked = format.number(people.done);
  const all = format.number(total);
  return (
    <Stack>
      <Text size="sm">
        <Trans>
          New people go, and changed fields are as before, except where somebody used or changed them since.
          An opt-out always stays.
        </Trans>
      </Text>
      <UndoFigures people={people} />
      {people.done < total && (
        <Text size="sm" c="dimmed">
          <Trans>
            {looked} of {all} people were looked at, from the end of the file. The others are undone, too.
          </Trans>
        </Text>
      )}
      {campaigns.length > 0 && (
        <Alert
          color="yellow"
          icon={<IconSpeakerphone size={18} aria-hidden />}
          title={
            <Plural
              value={campaigns.length}
              one="A campaign to this list is not at its end"
              other="# campaigns to this list are not at their end"
            />
          }
        >
          <List size="sm">
            {campaigns.map(({ id, name }) => (
              <List.Item key={id}>
                <Anchor
                  component={Link}
                  to={`/campaigns/${id}`}
                  underline="always"
                  c="inherit"
                  inherit
                  dir="auto"
                >
                  {name}
                </Anchor>
              </List.Item>
            ))}
          </List>
          <Trans>Whoever is taken off the list does not get their message any more.</Trans>
        </Alert>
      )}
      {problem !== undefined && <ProblemAlert problem={problem} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          <Trans>Cancel</Trans>
        </Button>
        <Button color="red" loading={undo.isPending} onClick={() => void go()}>
          <Trans>Undo the import</Trans>
        </Button>
      </Group>
    </Stack>
  );
}

/** How far the undo is, then what it came to. */
export function UndoOutcome({ job }: { job: Job }) {
  const { t } = useLingui();
  const format = useFormat();
  if (!job.undo) return null;
  const { finished, total, people } = job.undo;
  const done = format.number(people.done);
  const all = format.number(total);
  return (
    <Card withBorder role="region" aria-label={t`Undo`}>
      <Text fw={600} mb="xs" role="status">
        {finished ? <Trans>This import is undone</Trans> : <Trans>This import is being undone</Trans>}
      </Text>
      {!finished && (
        <>
          <Progress
            value={total > 0 ? (100 * people.done) / total : 100}
            aria-label={t`How far the undo is`}
          />
          <Text size="sm" my="xs">
            <Trans>
              {done} of {all} people. It goes on when you leave this page.
            </Trans>
          </Text>
        </>
      )}
      <UndoFigures people={people} />
    </Card>
  );
}
