import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Skeleton } from '@mantine/core';
import { IconInfoCircle, IconPlugConnected } from '@tabler/icons-react';
import { Link, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { EmptyState } from '~/ui/EmptyState';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { Builder } from './Builder';
import { emptyForm, type Form, formOf } from './form';
import { isUsable, useCarriers, useTemplate } from './queries';
import { sampleLanguage, sampleName, sampleOf } from './samples';

/** A template that does not exist yet: empty, a copy of another, or one of the samples. */
export function NewTemplate() {
  const { t } = useLingui();
  const { from, sample, language, account } = useSearch({ from: '/shell/templates/new' });
  const { carriers, isPending, error } = useCarriers();
  const original = useTemplate(from);
  if (error) return <ProblemAlert problem={error} />;
  if (from && original.isError)
    return <ProblemAlert problem={original.error} retry={() => void original.refetch()} />;
  if (isPending || (from && !original.data)) return <Skeleton height={320} />;
  const usable = carriers.filter(isUsable);
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
  const known = sampleName(sample);
  const sender =
    usable.find((one) => one.account.id === account) ?? (usable.length === 1 ? first : undefined);
  const accountId = sender?.account.id ?? '';
  const begin = () => {
    if (original.data)
      return { ...formOf(original.data), name: `${original.data.name}_copy`, providerTemplateId: '' };
    if (known) return formOf(sampleOf(known, sampleLanguage(language) ?? 'en', accountId, new Date()));
    return emptyForm(accountId);
  };
  return (
    <Fresh
      key={`${from} ${sample} ${language} ${account}`}
      begin={begin}
      note={
        known && (
          <Alert variant="light" color="blue" icon={<IconInfoCircle aria-hidden />}>
            <Trans>
              A sample: put your own words, links and numbers in the place of ours. People without an
              attribute get its default.
            </Trans>
          </Alert>
        )
      }
    />
  );
}

/** The start stays what it was, so that what was typed can be told from it. */
function Fresh({ begin, note }: { begin: () => Form; note: ReactNode }) {
  const [start] = useState(begin);
  return <Builder start={start} note={note} />;
}
