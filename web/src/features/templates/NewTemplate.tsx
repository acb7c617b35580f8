import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Skeleton } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { EmptyState } from '~/ui/EmptyState';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { Builder } from './Builder';
import { emptyForm, type Form, formOf } from './form';
import { useCarriers, useTemplate } from './queries';

/** A template that does not exist yet: empty, or a copy of another. */
export function NewTemplate() {
  const { t } = useLingui();
  const { from } = useSearch({ from: '/shell/templates/new' });
  const { carriers, isPending, error } = useCarriers();
  const original = useTemplate(from);
  if (error) return <ProblemAlert problem={error} />;
  if (from && original.isError)
    return <ProblemAlert problem={original.error} retry={() => void original.refetch()} />;
  if (isPending || (from && !original.data)) return <Skeleton height={320} />;
  const usable = carriers.filter(({ account }) => account.state === 'active' || account.state === 'held');
  const first = usable[0];
  if (!first)
    return (
      <>
        <PageHeader title={t`New template`} />
        <EmptyState
          icon={IconPlugConnected}
          title={<Trans>Connect WhatsApp first</Trans>}
          actions={
            <Button component={Link} to="/settings/whatsapp">
              <Trans>Go to the accounts</Trans>
            </Button>
          }
        >
          <Trans>A template belongs to an account, and none is connected yet.</Trans>
        </EmptyState>
      </>
    );
  const start = original.data
    ? { ...formOf(original.data), name: `${original.data.name}_copy`, providerTemplateId: '' }
    : emptyForm(usable.length === 1 ? first.account.id : '');
  return <Fresh key={from ?? 'empty'} start={start} />;
}

/** The start stays what it was, so that what was typed can be told from it. */
function Fresh({ start }: { start: Form }) {
  const [kept] = useState(start);
  return <Builder start={kept} />;
}
