import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Stack, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { fieldErrors } from '~/api/form';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { useCreate } from './queries';
import { TemplatePicker } from './TemplatePicker';

/** A name and a template make a draft; the rest is chosen step by step, and kept by itself. */
export function NewCampaign() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell/campaigns/new' });
  const create = useCreate();
  const [problem, setProblem] = useState<unknown>();
  const form = useForm({
    initialValues: { name: '', template_id: search.template ?? '' },
    validate: {
      name: (name) =>
        name.trim() === '' ? t`Give the campaign a name that you will recognise later.` : null,
      template_id: (id) => (id === '' ? t`Choose a template.` : null),
    },
  });
  const submit = form.onSubmit(
    async ({ name, template_id }) => {
      setProblem(undefined);
      try {
        const made = await create.mutateAsync({ name, template_id, audience: { type: 'everyone' } });
        await navigate({ to: '/campaigns/$id/edit', params: { id: made.id }, search: { step: 'who' } });
      } catch (error) {
        form.setErrors(fieldErrors(error));
        setProblem(error);
      }
    },
    () => document.querySelector<HTMLElement>('[aria-invalid=true]')?.focus(),
  );
  return (
    <form onSubmit={submit} noValidate>
      <PageHeader
        title={t`New campaign`}
        about={t`Name it and choose what it says. Who gets it and when comes next; nothing is sent before you launch it.`}
      />
      <Stack maw={960}>
        <TextInput
          label={t`Name`}
          description={t`Only you and your team see it.`}
          placeholder={t`Diwali offer, Pune`}
          maxLength={200}
          maw={480}
          required
          {...form.getInputProps('name')}
        />
        <section aria-labelledby="template">
          <Title order={2} size="h5" mb="xs" id="template">
            <Trans>What it says</Trans>
          </Title>
          {form.errors.template_id && (
            <div role="alert" style={{ color: 'var(--mantine-color-error)', fontSize: 14 }}>
              {form.errors.template_id}
            </div>
          )}
          <TemplatePicker
            chosen={form.values.template_id}
            onChoose={(template) => form.setFieldValue('template_id', template.id)}
          />
        </section>
        {problem !== undefined && <ProblemAlert problem={problem} shown={['/name', '/template_id']} />}
        <Group>
          <Button type="submit" loading={create.isPending}>
            <Trans>Go on</Trans>
          </Button>
          <Button variant="default" onClick={() => history.back()}>
            <Trans>Cancel</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
