import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { modals } from '@mantine/modals';
import { type ReactNode, useState } from 'react';
import { unique } from '~/api/unique';
import { openDialog } from './dialogs';
import { ProblemAlert } from './ProblemAlert';

interface Asked {
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** What stops working, a line each. */
  stops?: readonly string[];
  /** The button's words: the act itself, such as "Stop the campaign". */
  act: string;
  danger?: boolean;
  /** A text that must be typed first. */
  typed?: string;
  run: () => Promise<unknown>;
}

function Question({ children, stops, act, danger, typed, run, id }: Asked & { id: string }) {
  const { t } = useLingui();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const go = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await run();
      modals.close(id);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const ready = typed === undefined || text.trim() === typed;
  return (
    <Stack>
      <Text component="div" size="sm">
        {children}
      </Text>
      {stops && stops.length > 0 && (
        <List size="sm">
          {stops.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
      )}
      {typed !== undefined && (
        <TextInput
          label={t`Type ${typed} to go on`}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
      )}
      {problem !== undefined && <ProblemAlert problem={problem} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={() => modals.close(id)}>
          <Trans>Cancel</Trans>
        </Button>
        <Button color={danger ? 'red' : undefined} disabled={!ready} loading={busy} onClick={go}>
          {act}
        </Button>
      </Group>
    </Stack>
  );
}

/** Asks before an act that cannot be taken back, and shows what goes wrong in the same place. */
export function confirm(asked: Asked): void {
  const id = unique();
  openDialog({
    modalId: id,
    title: asked.title,
    closeButtonProps: { 'aria-label': i18n._(msg`Close`) },
    children: <Question {...asked} id={id} />,
  });
}
