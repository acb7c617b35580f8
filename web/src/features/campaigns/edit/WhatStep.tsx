import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, Checkbox, Group, Modal, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { queryClient } from '~/api/query';
import { Phone, useFormat } from '~/ui/format';
import { MediaUpload } from '~/ui/MediaUpload';
import { SourceMapping } from '~/ui/SourceMapping';
import type { Template } from '../queries';
import { TemplatePicker, Why } from '../TemplatePicker';
import { fileOf, type Source, slotsOf, sourceAt, useSlotWords, withSource } from './slots';
import type { Editing } from './useEditing';

/** What it says: the template, what its placeholders are filled with, and the numbers that send it. */
export function WhatStep({ editing }: { editing: Editing }) {
  const { t } = useLingui();
  const { draft, template } = editing;
  const [open, picker] = useDisclosure();
  const choose = (next: Template) => {
    picker.close();
    if (next.id === draft.input.template_id) return;
    queryClient.setQueryData(['template', next.id], next);
    const same = next.account_id === template?.account_id;
    // The numbers are those of the template's account; another template brings its own mapping.
    draft.change({
      template_id: next.id,
      mapping: next.mapping,
      number_ids: same ? draft.input.number_ids : [],
    });
  };
  if (!template) return <Skeleton height={200} />;
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start">
        <div>
          <Text size="sm" c="dimmed">
            <Trans>Template</Trans>
          </Text>
          <Anchor component={Link} to={`/templates/${template.id}`} fw={600} dir="auto">
            {template.name} ({template.language})
          </Anchor>
          {template.status !== 'approved' && (
            <Text size="sm" c="var(--mantine-color-error)">
              <Why template={template} />
            </Text>
          )}
        </div>
        <Button variant="default" onClick={picker.open}>
          <Trans>Change the template</Trans>
        </Button>
      </Group>
      <Slots editing={editing} template={template} />
      <Numbers editing={editing} />
      <Modal
        opened={open}
        onClose={picker.close}
        title={t`Choose a template`}
        size="xl"
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        <TemplatePicker chosen={template.id} onChoose={choose} />
      </Modal>
    </Stack>
  );
}

function Slots({ editing, template }: { editing: Editing; template: Template }) {
  const { t } = useLingui();
  const words = useSlotWords();
  const { draft } = editing;
  const mapping = draft.input.mapping ?? template.mapping;
  const slots = slotsOf(template.content, mapping);
  return (
    <section aria-labelledby="slots">
      <Title order={2} size="h6" mb={4} id="slots">
        <Trans>What the placeholders are filled with</Trans>
      </Title>
      {slots.length === 0 ? (
        <Text size="sm" c="dimmed">
          <Trans>This template has no placeholders: everybody gets the same text.</Trans>
        </Text>
      ) : (
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            <Trans>People whose profile has no such value get the default. Nobody gets an empty place.</Trans>
          </Text>
          {slots.map((slot) => {
            const { name, about, example } = words(slot);
            const change = (source: Source | undefined) =>
              draft.change({ mapping: withSource(mapping, slot, source) });
            const file = fileOf(template.content, slot);
            return (
              <Stack key={slot.pointer} gap="xs">
                <SourceMapping
                  label={name}
                  name={name}
                  description={about}
                  example={example}
                  optional={slot.optional}
                  value={sourceAt(mapping, slot.pointer)}
                  onChange={change}
                  error={
                    draft.errorAt(slot.pointer) ??
                    (draft.held.includes(slot.pointer)
                      ? t`Fill this; an attribute needs a default too.`
                      : undefined)
                  }
                />
                {file && (
                  <MediaUpload
                    key={file}
                    kind={file}
                    name={t`Upload: ${name}`}
                    quiet={Boolean(slot.card)}
                    onUploaded={({ url }) => change({ from: 'text', text: url })}
                  />
                )}
              </Stack>
            );
          })}
        </Stack>
      )}
    </section>
  );
}

function Numbers({ editing }: { editing: Editing }) {
  const { t } = useLingui();
  const format = useFormat();
  const { draft, account, usable, numbers } = editing;
  if (!account) return null;
  const wrong = draft.errorAt('/number_id') ?? draft.errorAt('/number_ids/0');
  return (
    <Checkbox.Group
      label={t`Sent from`}
      description={
        usable.length > 1
          ? t`Several numbers share the work, and nobody gets it twice. Without a choice, the default number sends.`
          : undefined
      }
      value={numbers.map((number) => number.id)}
      onChange={(ids) => draft.change({ number_ids: ids })}
      error={wrong}
    >
      <Text size="sm" mt={4} dir="auto">
        {account.nickname}
      </Text>
      {usable.length === 0 ? (
        <Text size="sm" c="var(--mantine-color-error)">
          <Trans>This account has no number in use.</Trans>{' '}
          <Anchor component={Link} to={`/settings/whatsapp/${account.id}`} size="sm">
            <Trans>Add one to the account</Trans>
          </Anchor>
        </Text>
      ) : (
        <Stack gap="xs" mt="xs">
          {usable.map((number) => (
            <Checkbox
              key={number.id}
              value={number.id}
              disabled={usable.length === 1}
              label={
                <>
                  <Phone number={number.phone} />{' '}
                  <Text span size="sm" c="dimmed">
                    {number.default && <Trans>default · </Trans>}
                    <Trans>up to {format.number(number.messages_per_second)} a second</Trans>
                  </Text>
                </>
              }
            />
          ))}
        </Stack>
      )}
    </Checkbox.Group>
  );
}
