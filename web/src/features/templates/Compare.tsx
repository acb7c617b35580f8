import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useCan } from '~/api/session';
import { useSaid } from '~/i18n/said';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done } from '~/ui/toast';
import { fromTemplate } from '~/wa/convert';
import { PhoneFrame } from '~/wa/PhoneFrame';
import { WaBubble } from '~/wa/WaBubble';
import classes from './Compare.module.css';
import { useDifferences } from './drift';
import type { Content, Template } from './form';
import { Marked } from './Marked';
import { useTakeTheirs } from './queries';
import { TemplateStatus } from './words';

interface Props {
  template: Template;
  there: NonNullable<Template['at_provider']>;
  /** Something is being written here. */
  dirty: boolean;
  onClose: () => void;
}

/** A template as it is here beside what the provider holds. */
export default function Compare({ template, there, dirty, onClose }: Props) {
  const { t } = useLingui();
  const said = useSaid();
  const can = useCan();
  const take = useTakeTheirs();
  const [problem, setProblem] = useState<unknown>();
  const differences = useDifferences()(template.content, there.content, there.buttons_known);
  const name = template.name;
  const go = async () => {
    setProblem(undefined);
    try {
      const { note } = await take.mutateAsync(template.id);
      done(note ? said(note) : t`The template says what the provider holds.`);
      onClose();
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t`${name}, here and at the provider`}
      size="xl"
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <Stack>
        <dl className={classes.parts}>
          {differences.map(({ key, title, ours, theirs }) => (
            <div key={key}>
              <dt>{title}</dt>
              <dd className={classes.pair}>
                <Marked from={theirs} to={ours} mark="del" label={t`Here`} />
                <Marked from={ours} to={theirs} mark="ins" label={t`At the provider`} />
              </dd>
            </div>
          ))}
        </dl>
        <div className={classes.pair}>
          <Side title={t`Here`} status={template.status} content={template.content} />
          <Side title={t`At the provider`} status={there.status} content={there.content} />
        </div>
        {!there.buttons_known && (
          <Text size="sm" c="dimmed">
            <Trans>The provider does not list buttons: those of here stay.</Trans>
          </Text>
        )}
        {problem !== undefined && <ProblemAlert problem={problem} />}
        <Text size="sm">
          {can('templates.write') ? (
            <Trans>
              Taking over replaces the words of here, and what is mapped by the same names stays. Campaigns
              that were launched go on with the words of their launch.
            </Trans>
          ) : (
            <Trans>Somebody who writes templates can take over what the provider holds.</Trans>
          )}{' '}
          {dirty && <Trans>First save or discard what you changed here.</Trans>}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {can('templates.write') ? <Trans>Keep ours for now</Trans> : <Trans>Close</Trans>}
          </Button>
          {can('templates.write') && (
            <Button onClick={go} loading={take.isPending} disabled={dirty}>
              <Trans>Take over what the provider holds</Trans>
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function Side({ title, status, content }: { title: string; status: string; content: Content }) {
  return (
    <section className={classes.side} aria-label={title}>
      <Group gap="xs" mb="xs">
        <Text fw={600} size="sm">
          {title}
        </Text>
        <TemplateStatus status={status} />
      </Group>
      <PhoneFrame title={title} label={title}>
        <WaBubble content={fromTemplate(content)} label={title} />
      </PhoneFrame>
    </section>
  );
}
