import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Alert, Button, Menu, Text } from '@mantine/core';
import { IconChevronUp, IconInfoCircle } from '@tabler/icons-react';
import { useFormat } from '~/ui/format';
import classes from './Builder.module.css';
import { show } from './RuleList';
import type { Rule } from './rules';
import type { Saving } from './useAutosave';

interface Props {
  dirty: boolean;
  saved: boolean;
  /** It did not go to the provider, or came back. */
  ours: boolean;
  submittable: boolean;
  busy: boolean;
  rules: readonly Rule[];
  /** What is typed is saved by itself. */
  autosaves: boolean;
  saving: Saving;
  /** What is not saved is kept in this browser. */
  kept: boolean;
  /** Somebody else changed it, and what holds is not said yet. */
  apart: boolean;
  onDiscard: () => void;
  onSave: (status?: 'approved') => void;
  onSubmit: () => void;
}

/** Saves and submits; always in reach. */
export function SaveBar(props: Props) {
  const {
    dirty,
    saved,
    ours,
    submittable,
    busy,
    rules,
    autosaves,
    saving,
    apart,
    onDiscard,
    onSave,
    onSubmit,
  } = props;
  const { t } = useLingui();
  const first = rules.find((rule) => !rule.advice);
  const todo = rules.filter((rule) => !rule.advice).length;
  const approve = () => onSave('approved');
  return (
    <div className={classes.bar}>
      {submittable && (
        <Button onClick={onSubmit} disabled={busy}>
          <Trans>Submit for approval</Trans>
        </Button>
      )}
      {ours && !submittable && (
        <Button onClick={approve} disabled={busy}>
          <Trans>Save as approved</Trans>
        </Button>
      )}
      <Button
        variant={ours ? 'default' : 'filled'}
        onClick={() => onSave()}
        loading={busy}
        disabled={saved && !dirty}
      >
        {ours ? <Trans>Save draft</Trans> : <Trans>Save</Trans>}
      </Button>
      {submittable && (
        <Menu position="top-start">
          <Menu.Target>
            <ActionIcon variant="default" size={36} aria-label={t`Other ways to save`} disabled={busy}>
              <IconChevronUp size={18} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown maw={320}>
            <Menu.Item onClick={approve}>
              <Trans>Save as approved</Trans>
              <Text size="xs" c="dimmed">
                <Trans>The provider holds it already, with exactly these words.</Trans>
              </Text>
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {saved && dirty && !apart && (!autosaves || saving === 'held' || saving === 'refused') && (
        <Button variant="subtle" color="gray" onClick={onDiscard} disabled={busy}>
          <Trans>Discard changes</Trans>
        </Button>
      )}
      {first && (
        <Button variant="subtle" size="compact-sm" onClick={() => show(first.pointer)}>
          <Plural value={todo} one="# thing to do" other="# things to do" />
        </Button>
      )}
      <Text size="xs" c="dimmed" role="status">
        <Fate {...props} />
      </Text>
    </div>
  );
}

/** What becomes of what was typed. */
function Fate({ dirty, saved, autosaves, saving, kept, apart }: Props) {
  if (!saved) return dirty ? <Trans>Not saved yet</Trans> : null;
  if (!dirty) return <Trans>All saved</Trans>;
  if (apart) return <Trans>Not saved: somebody else changed it</Trans>;
  if (autosaves && (saving === 'saving' || saving === 'waiting')) return <Trans>Saving…</Trans>;
  if (!kept) return <Trans>Not saved yet</Trans>;
  if (!autosaves) return <Trans>Not saved yet. Kept in this browser until you save.</Trans>;
  if (saving === 'refused') return <Trans>Could not be saved. Kept in this browser.</Trans>;
  return <Trans>Kept in this browser until it can be saved</Trans>;
}

/** That what stands in the form was not saved at an earlier visit. */
export function KeptNote({ since }: { since: number }) {
  const format = useFormat();
  return (
    <Alert variant="light" color="blue" icon={<IconInfoCircle aria-hidden />}>
      <Trans>
        You changed this at {format.full(since)} and did not save it. This browser kept it: save it, or
        discard it below.
      </Trans>
    </Alert>
  );
}
