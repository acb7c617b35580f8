import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Menu, Text } from '@mantine/core';
import { IconChevronUp } from '@tabler/icons-react';
import classes from './Builder.module.css';
import { show } from './RuleList';
import type { Rule } from './rules';

interface Props {
  dirty: boolean;
  saved: boolean;
  /** It did not go to the provider, or came back. */
  ours: boolean;
  submittable: boolean;
  busy: boolean;
  rules: readonly Rule[];
  onSave: (status?: 'approved') => void;
  onSubmit: () => void;
}

/** Saves and submits; always in reach. */
export function SaveBar({ dirty, saved, ours, submittable, busy, rules, onSave, onSubmit }: Props) {
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
      {first && (
        <Button variant="subtle" size="compact-sm" onClick={() => show(first.pointer)}>
          <Plural value={todo} one="# thing to do" other="# things to do" />
        </Button>
      )}
      <Text size="xs" c="dimmed" role="status">
        {dirty ? <Trans>Not saved yet</Trans> : saved ? <Trans>All saved</Trans> : ''}
      </Text>
    </div>
  );
}
